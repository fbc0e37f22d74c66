/** The section `sweep` of `aiqyn.yaml`: whom a vantage abroad asks, how often, and who answers for it. */
import { isIP } from 'node:net';
import { z } from 'zod';
import type { Catalog } from '../../probes/catalog.ts';
import { isInside, isLoopback, parsePrefix } from '../../probes/prefix.ts';
import type { OwnedPrefix, Prefix } from '../../probes/prefix.ts';
import { operatorOf, PLACE_UNKNOWN, placeOf } from './catalog-words.ts';

const PREFIXES_MAX = 4_096;
const ANCHORS_MAX = 8;
/** Quad9's two addresses: run in the public interest, and asked by everybody. */
const ANCHORS = ['9.9.9.9:443', '149.112.112.112:443'];

/** `ip:port` of what must answer as long as this machine's own line works. */
const Anchor = z.string().refine((text) => {
  const [, host = '', port = ''] = /^([\d.]+):(\d{1,5})$/.exec(text) ?? [];
  return isIP(host) === 4 && Number(port) >= 1 && Number(port) <= 65_535;
}, 'an address and port, such as 9.9.9.9:443');

export function sweepSchema(catalog: Catalog) {
  const Owned = z
    .strictObject({
      cidr: z.string(),
      operator: operatorOf(catalog),
      place: placeOf(catalog).default(PLACE_UNKNOWN),
    })
    .transform(({ cidr, operator, place }, context): OwnedPrefix => {
      const problem = refusal(cidr, operator, catalog);
      if (typeof problem !== 'string') return { ...problem, operator, place };
      context.addIssue({ code: 'custom', path: ['cidr'], message: problem });
      return z.NEVER;
    });
  return z.strictObject({
    /** Where people who are asked can write to: it is shown on the page about the probes. */
    contact: z.string().min(5, 'an address that answers, such as probes@example.org'),
    operators: z.array(sweptOperator(catalog)).min(1).default(mobileOperators(catalog)),
    prefixes: z.array(Owned).min(1).max(PREFIXES_MAX).optional(),
    optOutFile: z.string().min(1).optional(),
    method: z.enum(['auto', 'icmp', 'tcp']).default('auto'),
    tcpPort: z.int().min(1).max(65_535).default(443),
    timeoutMs: z.int().min(100).max(10_000).default(2_000),
    perSecond: z.number().min(0.1).max(100).default(20),
    everyMinutes: z.number().min(1).max(1_440).default(11),
    blocksPerOperator: z.int().min(1).max(1_024).default(64),
    anchors: z.array(Anchor).min(1).max(ANCHORS_MAX).default(ANCHORS),
  });
}

function rangesOf(catalog: Catalog, operator?: string): Prefix[] {
  return catalog.prefixes
    .filter((fact) => operator === undefined || fact.operator === operator)
    .flatMap(({ cidrs }) => cidrs.map(parsePrefix))
    .filter((prefix) => typeof prefix !== 'string');
}

/** The catalogue's prefixes of these operators. */
export function prefixesOf(catalog: Catalog, operators: readonly string[]): OwnedPrefix[] {
  return operators.flatMap((operator) =>
    rangesOf(catalog, operator).map((prefix) => ({ ...prefix, operator, place: PLACE_UNKNOWN })),
  );
}

/** The prefix, or why it may not be asked: what is nobody's in the catalogue is not ours to ask. */
function refusal(cidr: string, operator: string, catalog: Catalog): Prefix | string {
  const prefix = parsePrefix(cidr);
  if (typeof prefix === 'string' || isLoopback(prefix)) return prefix;
  if (rangesOf(catalog, operator).some((range) => isInside(prefix, range))) return prefix;
  return `a prefix that ${operator} announces (probes/catalog/prefixes.yaml)`;
}

function mobileOperators({ operators, prefixes }: Catalog): string[] {
  return operators
    .filter(({ access }) => access.includes('mobile'))
    .flatMap(({ asns }) => asns.slice(0, 1))
    .filter((asn) => prefixes.some(({ operator }) => operator === asn));
}

function sweptOperator(catalog: Catalog) {
  return operatorOf(catalog).refine(
    (operator) => catalog.prefixes.some((fact) => fact.operator === operator),
    'an operator with prefixes in probes/catalog/prefixes.yaml',
  );
}
