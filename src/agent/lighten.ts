/**
 * Brings a spool back under its disk budget, in the order that costs least evidence: raw bodies from the oldest on,
 * then light successes, then full successes, and measurements of a failure only when nothing else is left.
 */
import { removeIfThere, writeWhole } from '../disk.ts';
import { readFile } from 'node:fs/promises';
import type { Log } from '../log.ts';
import { WORTHS, withoutBodies } from './keeping.ts';
import type { Worth } from './keeping.ts';
import { decodeLine, encodeLine } from './segment.ts';
import type { Indexed, Segment } from './segment.ts';

/** Freed down to this share of the budget, so that not every append rewrites a file. */
const TARGET_SHARE = 0.9;

export interface LightenOptions {
  readonly budgetBytes: number;
  /** Oldest first; none of them is being appended to. */
  readonly segments: readonly Segment[];
  readonly acknowledged: number;
  readonly log: Log;
}

export interface Lightened {
  readonly segments: readonly Segment[];
  readonly bodies: number;
  readonly measurements: number;
}

type Step = 'bodies' | Worth;

/** Rewrites as few segments as needed. Each rewrite is atomic: a crash leaves the file as it was or as it shall be. */
export async function lighten(options: LightenOptions): Promise<Lightened> {
  const { budgetBytes, acknowledged, log } = options;
  const steps: readonly Step[] = ['bodies', ...WORTHS];
  const dropped = { bodies: 0, measurements: 0 };
  let segments = [...options.segments];
  let excess = total(segments) - budgetBytes * TARGET_SHARE;
  for (const step of steps) {
    const kept: Segment[] = [];
    let gone = 0;
    for (const segment of segments) {
      const lighter = excess > 0 ? await rewrite(segment, step, excess, acknowledged) : null;
      if (lighter === null) {
        kept.push(segment);
        continue;
      }
      excess -= segment.bytes - lighter.segment.bytes;
      gone += lighter.gone;
      if (lighter.segment.entries.length > 0) kept.push(lighter.segment);
    }
    segments = kept;
    if (step === 'bodies') dropped.bodies += gone;
    else dropped.measurements += gone;
    if (gone > 0) log.warn({ step, dropped: gone, budgetBytes }, sentence(step));
  }
  return { segments, ...dropped };
}

function sentence(step: Step): string {
  return step === 'bodies'
    ? 'The disk budget of the spool is used up: raw bodies of the oldest measurements were dropped.'
    : 'The disk budget of the spool is used up: the oldest measurements of this kind were dropped unsent.';
}

function total(segments: readonly Segment[]): number {
  return segments.reduce((sum, { bytes }) => sum + bytes, 0);
}

async function rewrite(
  segment: Segment,
  step: Step,
  excessBytes: number,
  acknowledged: number,
): Promise<{ segment: Segment; gone: number } | null> {
  const chosen = segment.entries.filter((entry) => isChosen(entry, step, acknowledged));
  if (chosen.length === 0) return null;
  const content = await readFile(segment.path);
  const lines: Buffer[] = [];
  const entries: Indexed[] = [];
  let freed = 0;
  let gone = 0;
  let offset = 0;
  for (const entry of segment.entries) {
    const line = content.subarray(entry.offset, entry.offset + entry.bytes);
    const change = freed < excessBytes && isChosen(entry, step, acknowledged);
    const kept = change ? lighter(line, step) : line;
    if (change) gone += 1;
    if (kept === null) {
      freed += line.length;
      continue;
    }
    freed += line.length - kept.length;
    lines.push(kept);
    entries.push({ ...entry, offset, bytes: kept.length, hasBody: !change && entry.hasBody });
    offset += kept.length;
  }
  if (entries.length === 0) await removeIfThere(segment.path);
  else await writeWhole(segment.path, Buffer.concat(lines));
  return { segment: { path: segment.path, entries, bytes: offset }, gone };
}

function isChosen(entry: Indexed, step: Step, acknowledged: number): boolean {
  if (entry.sequence <= acknowledged) return false;
  return step === 'bodies' ? entry.hasBody : entry.worth === step;
}

function lighter(line: Buffer, step: Step): Buffer | null {
  if (step !== 'bodies') return null;
  const entry = decodeLine(line.subarray(0, -1));
  const measurement = entry === null ? null : withoutBodies(entry.measurement);
  return entry === null || measurement === null ? line : encodeLine(entry.sequence, measurement);
}
