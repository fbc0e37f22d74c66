/** The census of one block: who answers there, and how reliably. */
import { canBeJudged, GLANCE, HOSTS, recordOf } from './census.ts';
import type { BlockRecord } from './census.ts';
import { EVER_ACTIVE_MIN } from './belief.ts';
import type { SweepProber } from '../sweep-prober.ts';
import { shuffled } from './shuffled.ts';

export interface CensusOptions {
  /** First three octets. */
  readonly block: string;
  /** Whether an address of the block may be asked; opt-out lists may take single ones. */
  readonly allows: (address: string) => boolean;
  readonly prober: SweepProber;
  readonly nowMs: () => number;
  /** 0 ≤ x < 1. */
  readonly random: () => number;
  readonly signal: AbortSignal;
}

/** What the census found, and how many addresses were asked. Null where our own trouble or a stop cut it short. */
export interface Census {
  readonly record: BlockRecord | null;
  readonly asked: number;
}

/** At most 508 addresses: a glance at some, the rest where some answered, and those that answered again. */
export async function takeCensus(options: CensusOptions): Promise<Census> {
  const { block, allows, nowMs, random } = options;
  const hosts = shuffled(HOSTS, random).filter((host) => allows(`${block}.${host}`));
  const glance = await askHosts(options, hosts.slice(0, GLANCE));
  if (glance === null || glance.length === 0 || hosts.length < EVER_ACTIVE_MIN)
    return { record: glance && recordOf(block, nowMs(), [], 0), asked: Math.min(hosts.length, GLANCE) };
  const rest = await askHosts(options, hosts.slice(GLANCE));
  if (rest === null) return { record: null, asked: hosts.length };
  const active = [...glance, ...rest];
  const again = await askHosts(options, active);
  const asked = hosts.length + active.length;
  if (again === null) return { record: null, asked };
  const record = recordOf(block, nowMs(), active, again.length);
  return { record: canBeJudged(record) ? record : { ...record, active: [] }, asked };
}

/** Those that answered; null where not all could be asked. */
async function askHosts(
  { block, prober, signal }: CensusOptions,
  hosts: readonly number[],
): Promise<number[] | null> {
  if (hosts.length === 0) return [];
  const answers = await prober.ask(
    hosts.map((host) => `${block}.${host}`),
    signal,
  );
  if (answers.length < hosts.length) return null;
  return answers.filter(({ answered }) => answered).map(({ address }) => Number(address.split('.')[3]));
}
