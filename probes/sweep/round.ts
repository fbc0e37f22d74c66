/**
 * One round over all blocks: one address of each, then one more of those that are not certain yet, until all are or
 * PROBES_PER_ROUND_MAX were asked. Pure but for the prober that is given.
 */
import { carried, PROBES_PER_ROUND_MAX, stateOf, UP_ABOVE, updated } from './belief.ts';
import type { BlockState } from './belief.ts';
import { availabilityOf } from './census.ts';
import type { BlockRecord } from './census.ts';
import type { Block } from '../prefix.ts';
import type { Answer, SweepProber } from '../sweep-prober.ts';
import { shuffled } from './shuffled.ts';

export interface WatchedBlock extends Block {
  readonly record: BlockRecord;
  /** Of the last round; absent before the first. */
  readonly belief?: number;
}

export interface BlockResult extends Block {
  readonly state: BlockState;
  readonly belief: number;
  readonly asked: number;
  readonly answered: number;
  readonly rttsMs: readonly number[];
}

export interface RoundOptions {
  readonly blocks: readonly WatchedBlock[];
  readonly prober: SweepProber;
  /** 0 ≤ x < 1. */
  readonly random: () => number;
  readonly signal: AbortSignal;
}

interface Walk {
  readonly block: WatchedBlock;
  readonly availability: number;
  /** E(b) in this round's order. */
  readonly addresses: readonly string[];
  belief: number;
  asked: number;
  answered: number;
  readonly rttsMs: number[];
}

/** The blocks in their order; null where our own trouble or a stop cut the round short: then it says nothing. */
export async function sweepRound(options: RoundOptions): Promise<readonly BlockResult[] | null> {
  const { blocks, prober, random, signal } = options;
  const walks = blocks.map((block) => walkOf(block, random));
  for (let turn = 0; turn < PROBES_PER_ROUND_MAX; turn += 1) {
    const waiting = new Map(
      walks
        .filter((walk) => walk.asked === 0 || stateOf(walk.belief) === 'uncertain')
        .flatMap((walk) => {
          const address = walk.addresses[turn];
          return address === undefined ? [] : [[address, walk] as const];
        }),
    );
    if (waiting.size === 0) break;
    const answers = await prober.ask([...waiting.keys()], signal);
    if (answers.length < waiting.size) return null;
    for (const answer of answers) note(waiting.get(answer.address), answer);
  }
  return walks.map(resultOf);
}

function walkOf(block: WatchedBlock, random: () => number): Walk {
  return {
    block,
    availability: availabilityOf(block.record),
    addresses: shuffled(block.record.active, random).map((host) => `${block.id}.${host}`),
    // Before its first round: its census found it up.
    belief: carried(block.belief ?? UP_ABOVE),
    asked: 0,
    answered: 0,
    rttsMs: [],
  };
}

function note(walk: Walk | undefined, { answered, rttMs }: Answer): void {
  if (walk === undefined) return;
  walk.belief = updated(walk.belief, walk.availability, answered);
  walk.asked += 1;
  if (answered) walk.answered += 1;
  if (rttMs !== null) walk.rttsMs.push(rttMs);
}

function resultOf({ block, belief, asked, answered, rttsMs }: Walk): BlockResult {
  const { id, operator, place } = block;
  return { id, operator, place, belief, asked, answered, rttsMs, state: stateOf(belief) };
}

/** One operator in one place, after one round. */
export interface SweepSummary {
  readonly operator: string;
  readonly place: string;
  /** Blocks by what is believed of them. */
  readonly up: number;
  readonly down: number;
  readonly uncertain: number;
  /** Addresses asked, and those that answered. */
  readonly probed: number;
  readonly answered: number;
  /** Median round trip; null where nothing answered. */
  readonly rttMs: number | null;
  /** Blocks that are up, of those that are up or down; null where that is said of none. */
  readonly upRatio: number | null;
}

/** By operator, then place. */
export function summaries(results: readonly BlockResult[]): SweepSummary[] {
  const groups = new Map<string, BlockResult[]>();
  for (const result of results) {
    const key = `${result.operator} ${result.place}`;
    groups.set(key, [...(groups.get(key) ?? []), result]);
  }
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, members]) => {
      const [first] = members;
      return first === undefined ? [] : [summaryOf(first, members)];
    });
}

function summaryOf({ operator, place }: Block, members: readonly BlockResult[]): SweepSummary {
  function count(state: BlockState): number {
    return members.filter((member) => member.state === state).length;
  }
  const up = count('up');
  const down = count('down');
  return {
    operator,
    place,
    up,
    down,
    uncertain: count('uncertain'),
    probed: members.reduce((sum, { asked }) => sum + asked, 0),
    answered: members.reduce((sum, { answered }) => sum + answered, 0),
    rttMs: medianOf(members.flatMap(({ rttsMs }) => rttsMs)),
    upRatio: up + down === 0 ? null : up / (up + down),
  };
}

function medianOf(values: readonly number[]): number | null {
  const inOrder = values.toSorted((a, b) => a - b);
  const upper = inOrder[Math.floor(inOrder.length / 2)];
  const lower = inOrder[Math.floor((inOrder.length - 1) / 2)];
  return upper === undefined || lower === undefined ? null : (upper + lower) / 2;
}
