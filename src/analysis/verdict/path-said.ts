/** What the ways to a failing and to a working address say, in one sentence beside a verdict's other reasons. */
import { PathKeys } from '../../../probes/measurement.ts';
import type { Measurement, PathTrace } from '../../../probes/measurement.ts';
import type { Verdict } from './verdict.ts';

/** Begins the sentence, so that the detector knows it among the others. */
export const PATH_SAID = 'Packets to the blocked address ';

/** The verdict with the sentence, where something is blocked and a trace was made; else as it is. */
export function withPath(verdict: Verdict, measurement: Measurement): Verdict {
  if (verdict.status !== 'blocked') return verdict;
  const path = PathKeys.safeParse(measurement.test_keys['x_aiqyn_path']);
  const sentence = path.success ? pathSaid(path.data) : null;
  return sentence === null ? verdict : { ...verdict, reasons: [...verdict.reasons, sentence] };
}

/** Null where nothing but the vantage's own network answered on either way. */
export function pathSaid({ failing, working }: Pick<PathKeys, 'failing' | 'working'>): string | null {
  const far = farthest(failing);
  if (failing.reached) return `${PATH_SAID}arrive there: what is cut is inside the connection.`;
  const other = working === null ? null : said(working);
  if (far === null && other === null) return null;
  const first = `${PATH_SAID}get ${far === null ? 'no further than the own network' : `as far as ${far}`}`;
  if (other === null) return `${first}.`;
  const parting = partingOf({ failing, working });
  const where = parting === null ? '' : `; the ways part after ${parting}`;
  return `${first}; those to one that works ${other}${where}.`;
}

function said(trace: PathTrace): string | null {
  const far = farthest(trace);
  const through = networksOf(trace);
  if (trace.reached)
    return through.length === 0 ? 'arrive there' : `arrive there by way of ${through.join(', ')}`;
  return far === null ? null : `get as far as ${far}`;
}

/** The network of the last public hop that answered. */
function farthest({ hops }: PathTrace): string | null {
  const last = hops.findLast(({ kind }) => kind === 'public');
  if (last === undefined) return null;
  return last.asn ?? `hop ${last.hop}, whose network is not known`;
}

/** Each network once, in the order of the way. */
function networksOf({ hops }: PathTrace): readonly string[] {
  return [...new Set(hops.flatMap(({ asn }) => (asn === null ? [] : [asn])))];
}

/** The last network that both ways share, as far as networks are known; null where they share none. */
export function partingOf({ failing, working }: Pick<PathKeys, 'failing' | 'working'>): string | null {
  if (working === null) return null;
  const [a, b] = [networksOf(failing), networksOf(working)];
  const differs = a.findIndex((asn, place) => asn !== b[place]);
  return a[(differs === -1 ? a.length : differs) - 1] ?? null;
}
