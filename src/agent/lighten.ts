/**
 * Brings a spool back under its disk budget, in the order that costs least evidence: raw bodies from the oldest on,
 * then light successes, then full successes, and measurements of a failure only when nothing else is left.
 */
import { removeIfThere, writeWhole } from '../disk.ts';
import { readFile } from 'node:fs/promises';
import type { Log } from '../log.ts';
import { WORTHS, withoutBodies } from './keeping.ts';
import type { Worth } from './keeping.ts';
import { pack, placesIn, summaryOf, unpack } from './packed-segment.ts';
import { decodeLine, encodeLine, indexed } from './segment.ts';
import type { Indexed } from './segment.ts';
import { isPacked } from './stored-segments.ts';
import type { StoredSegment } from './stored-segments.ts';

/** Freed down to this share of the budget, so that not every append rewrites a file; but not more at once, because appends wait. */
const TARGET_SHARE = 0.9;
const FREED_BYTES_MAX = 16 * 1_048_576;

export interface LightenOptions {
  readonly budgetBytes: number;
  /** Oldest first; none of them is being appended to. */
  readonly segments: readonly StoredSegment[];
  readonly acknowledged: number;
  readonly log: Log;
}

export interface Lightened {
  readonly segments: readonly StoredSegment[];
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
  let excess = total(segments) - Math.max(budgetBytes * TARGET_SHARE, budgetBytes - FREED_BYTES_MAX);
  for (const step of steps) {
    const kept: StoredSegment[] = [];
    let gone = 0;
    for (const segment of segments) {
      const lighter = excess > 0 ? await rewrite(segment, step, excess, acknowledged) : null;
      if (lighter === null) {
        kept.push(segment);
        continue;
      }
      excess -= segment.bytes - (lighter.segment?.bytes ?? 0);
      gone += lighter.gone;
      if (lighter.segment !== null) kept.push(lighter.segment);
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

function total(segments: readonly StoredSegment[]): number {
  return segments.reduce((sum, { bytes }) => sum + bytes, 0);
}

interface Opened {
  readonly content: Buffer;
  readonly entries: readonly Indexed[];
}

async function opened(segment: StoredSegment): Promise<Opened> {
  if (!isPacked(segment)) return { content: await readFile(segment.path), entries: segment.entries };
  const content = await unpack(segment);
  const entries = placesIn(content).flatMap(({ offset, bytes }): Indexed[] => {
    const entry = decodeLine(content.subarray(offset, offset + bytes - 1));
    return entry === null ? [] : [indexed(entry.sequence, entry.measurement, offset, bytes)];
  });
  return { content, entries };
}

/** Whether there may be something to do, without opening it. */
function mayHave(segment: StoredSegment, step: Step, acknowledged: number): boolean {
  if (!isPacked(segment)) return segment.entries.some((entry) => isChosen(entry, step, acknowledged));
  return segment.last > acknowledged && (step === 'bodies' ? segment.bodies : segment.worths[step]) > 0;
}

async function rewrite(
  segment: StoredSegment,
  step: Step,
  excessBytes: number,
  acknowledged: number,
): Promise<{ segment: StoredSegment | null; gone: number } | null> {
  if (!mayHave(segment, step, acknowledged)) return null;
  const { content, entries } = await opened(segment);
  if (!entries.some((entry) => isChosen(entry, step, acknowledged))) return null;
  // What a plain byte takes on disk: packed ones take a part of it.
  const share = segment.bytes / Math.max(1, content.length);
  const kept = keptOf(content, entries, { step, acknowledged, excessBytes: excessBytes / share });
  return { segment: await stored(segment, kept), gone: kept.gone };
}

interface Kept {
  readonly lines: readonly Buffer[];
  readonly entries: readonly Indexed[];
  readonly gone: number;
}

function keptOf(
  content: Buffer,
  all: readonly Indexed[],
  { step, acknowledged, excessBytes }: { step: Step; acknowledged: number; excessBytes: number },
): Kept {
  const lines: Buffer[] = [];
  const entries: Indexed[] = [];
  let freed = 0;
  let gone = 0;
  let offset = 0;
  for (const entry of all) {
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
  return { lines, entries, gone };
}

/** Null where nothing is left of it. */
async function stored(segment: StoredSegment, { lines, entries }: Kept): Promise<StoredSegment | null> {
  if (entries.length === 0) {
    await removeIfThere(segment.path);
    return null;
  }
  const content = Buffer.concat(lines);
  if (isPacked(segment)) return pack(segment.path, summaryOf(segment.first, entries), content);
  await writeWhole(segment.path, content);
  return { path: segment.path, entries, bytes: content.length };
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
