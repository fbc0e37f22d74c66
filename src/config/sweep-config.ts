/** The section `sweep` made whole: prefixes from the catalogue, and the list of those who do not want to be asked. */
import type { z } from 'zod';
import type { Catalog } from '../../probes/catalog.ts';
import { createPrefixSet, parseRange } from '../../probes/prefix.ts';
import type { OwnedPrefix, Prefix, PrefixSet } from '../../probes/prefix.ts';
import { ConfigError } from '../errors.ts';
import { prefixesOf } from './sweep-schema.ts';
import type { sweepSchema } from './sweep-schema.ts';

type SweepSection = z.output<ReturnType<typeof sweepSchema>>;

export interface SweepConfig extends Readonly<
  Omit<SweepSection, 'prefixes' | 'operators' | 'optOutFile' | 'anchors'>
> {
  readonly owned: readonly OwnedPrefix[];
  readonly optedOut: readonly Prefix[];
  readonly anchors: readonly { readonly address: string; readonly port: number }[];
}

/** @param optOut the opt-out list's text and name; null where none is configured. @throws ConfigError for a line that is none. */
export function sweepConfig(
  section: SweepSection,
  catalog: Catalog,
  optOut: { readonly text: string; readonly file: string } | null,
): SweepConfig {
  const { contact, method, tcpPort, timeoutMs, perSecond, everyMinutes, blocksPerOperator } = section;
  const { prefixes, operators, anchors } = section;
  return {
    contact,
    method,
    tcpPort,
    timeoutMs,
    perSecond,
    everyMinutes,
    blocksPerOperator,
    owned: prefixes ?? prefixesOf(catalog, operators),
    optedOut: optOut === null ? [] : readOptOut(optOut.text, optOut.file),
    anchors: anchors.map((text) => {
      const [address = '', port = ''] = text.split(':');
      return { address, port: Number(port) };
    }),
  };
}

/** Who may be asked: the one set that every part of the sweep is given. */
export function prefixSetOf({ owned, optedOut }: SweepConfig): PrefixSet {
  return createPrefixSet(owned, optedOut);
}

/** One address or prefix a line; `#` begins a remark. A line that is not understood stops the start: somebody meant it. */
export function readOptOut(text: string, file: string): Prefix[] {
  return text.split(/\r?\n/).flatMap((line, index) => {
    const words = line.replace(/#.*$/, '').trim();
    if (words === '') return [];
    const range = parseRange(words);
    if (range !== null) return [range];
    throw new ConfigError(
      `${file}:${index + 1}`,
      `found "${words}", expected an IPv4 address or prefix, such as 2.72.9.0/24`,
    );
  });
}
