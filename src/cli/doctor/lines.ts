/** Lines that vantages are bound to: whether each is there, and whether what leaves from its address leaves by it. */
import { execFile } from 'node:child_process';
import { networkInterfaces } from 'node:os';
import { promisify } from 'node:util';
import { z } from 'zod';
import { interfaceOf, isThere, sourceFor } from '../../../probes/net/line.ts';
import type { LineConfig } from '../../config/line-schema.ts';
import { isBound, lineOf } from '../network-of.ts';
import type { Check } from './check.ts';
import { fail, ok, warn } from './check.ts';

/** Looked up in the system's tables; nothing is sent there. */
const ANYWHERE = '9.9.9.9';
const LOOKUP_TIMEOUT_MS = 5_000;
const Routes = z.array(z.object({ dev: z.string() })).min(1);

/** The interface by which a packet from this address would leave; null where the system does not say. */
export type RouteOf = (source: string) => Promise<string | null>;

/** By iproute2; null where it is not installed, and where there is no such route. */
export async function routeOf(source: string): Promise<string | null> {
  try {
    const words = ['-json', 'route', 'get', ANYWHERE, 'from', source];
    const { stdout } = await promisify(execFile)('ip', words, { timeout: LOOKUP_TIMEOUT_MS });
    return Routes.parse(JSON.parse(stdout))[0]?.dev ?? null;
  } catch {
    return null;
  }
}

/** Says nothing of vantages that are bound to no line. Addresses are not shown: what is printed here is sent to helpers. */
export async function checkLines(
  vantages: readonly (LineConfig & { readonly id: string })[],
  askRoute: RouteOf = routeOf,
  interfaces: typeof networkInterfaces = networkInterfaces,
): Promise<Check[]> {
  const bound = vantages.filter((vantage) => isBound(lineOf(vantage)));
  const found = await Promise.all(bound.map(async (vantage) => checkLine(vantage, askRoute, interfaces)));
  return [...found, ...bound.flatMap((vantage) => checkResolver(vantage, bound.length))];
}

async function checkLine(
  vantage: LineConfig & { readonly id: string },
  askRoute: RouteOf,
  interfaces: typeof networkInterfaces,
): Promise<Check> {
  const name = `Vantage ${vantage.id}`;
  const line = lineOf(vantage);
  if (!isThere(line, interfaces)) {
    return line.interface === undefined
      ? fail(
          name,
          'its localAddress is on no interface of this machine',
          'Plug the modem in, or correct localAddress; `ip address` lists what there is.',
        )
      : fail(
          name,
          `the interface ${line.interface} is away, or has no address`,
          'Plug the modem in and let it dial, or correct `interface`; `ip address` lists what there is.',
        );
  }
  const own = interfaceOf(line, interfaces);
  const source = sourceFor(ANYWHERE, line, interfaces);
  const leavesBy = typeof source === 'string' ? await askRoute(source) : null;
  if (own === null || leavesBy === null || leavesBy === own) return ok(name, 'its line is on this machine');
  return warn(
    name,
    `what leaves from its line’s address leaves by ${leavesBy} and not by ${own}`,
    'Give each line a routing table of its own: docs/run-a-vantage.md, “Several modems”.',
  );
}

/** With one line there is one operator; with several the machine’s resolver is one’s and not the others’. */
function checkResolver({ id, resolver }: LineConfig & { readonly id: string }, lines: number): Check[] {
  if (lines < 2 || resolver !== undefined) return [];
  return [
    warn(
      `Names of ${id}`,
      'it asks the machine’s resolver, which may be another operator’s',
      'Set `resolver` of this vantage to its modem’s address, such as 192.168.8.1.',
    ),
  ];
}
