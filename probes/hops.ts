/** What `traceroute -n` and `mtr --raw -n` print, as hops. Times are milliseconds. */

export interface RawHop {
  /** 1 for the first router. */
  readonly hop: number;
  /** Null where nothing came back. */
  readonly address: string | null;
  readonly rttMs: number | null;
}

const HOPS_MAX = 64;
const ADDRESS = String.raw`\d{1,3}(?:\.\d{1,3}){3}|[0-9a-fA-F]*:[0-9a-fA-F:.]+`;
const WHOLE_ADDRESS = new RegExp(`^(?:${ADDRESS})$`);
const MTR_LINE = /^(x|h|p) (\d{1,2}) (\S+)/;
const TRACED = new RegExp(String.raw`^\s*(\d{1,2})\s+(.*)$`);
const ANSWER = new RegExp(String.raw`(${ADDRESS})\s+(\d+(?:\.\d+)?) ms`);

/** The first answer of each line; its first line and what it complains of are no hops. */
export function readTraceroute(output: string): readonly RawHop[] {
  const hops: RawHop[] = [];
  for (const line of output.split('\n')) {
    const [, number, rest = ''] = TRACED.exec(line) ?? [];
    if (number === undefined) continue;
    const [, address = null, rtt] = ANSWER.exec(rest) ?? [];
    if (address === null && !rest.includes('*')) continue;
    hops.push({ hop: Number(number), address, rttMs: rtt === undefined ? null : Number(rtt) });
  }
  return hops.slice(0, HOPS_MAX);
}

/** Lines `x <hop> <sequence>` sent, `h <hop> <address>` answered, `p <hop> <microseconds> <sequence>`; hops count from 0. */
export function readMtr(output: string): readonly RawHop[] {
  const hops = new Map<number, RawHop>();
  for (const line of output.split('\n')) {
    const [, kind, place, value = ''] = MTR_LINE.exec(line) ?? [];
    if (place === undefined) continue;
    const hop = Number(place) + 1;
    const known = hops.get(hop) ?? { hop, address: null, rttMs: null };
    if (kind === 'h') hops.set(hop, { ...known, address: known.address ?? addressOf(value) });
    else hops.set(hop, kind === 'p' ? { ...known, rttMs: known.rttMs ?? msOf(value) } : known);
  }
  return [...hops.values()].sort((a, b) => a.hop - b.hop).slice(0, HOPS_MAX);
}

function msOf(micros: string): number | null {
  return /^\d{1,9}$/.test(micros) ? Number(micros) / 1_000 : null;
}

function addressOf(text: string): string | null {
  return WHOLE_ADDRESS.test(text) ? text : null;
}
