/** Reading the archive. Needs no lock, so an export can run beside the monitor: every step of its housekeeping leaves each record in some file. */
import { OwnMeasurement } from '../../probes/measurement.ts';
import type { Log } from '../log.ts';
import { gzipLines, indexLines, mergeLines, openIfThere, sortedLines } from './lines.ts';
import type { SegmentLine } from './lines.ts';
import { HOUR_MS, listSegments } from './segments.ts';
import type { Segment } from './segments.ts';

/** An id is made when its run starts; a clock that was set in between may part the two by this much. */
const ID_SKEW_MAX_MS = HOUR_MS;

export interface ArchivedLine {
  /** The line as it is stored. */
  readonly text: string;
  readonly measurement: OwnMeasurement;
}

/** Every record of a segment once, ascending by id. Unreadable lines are skipped, counted and logged. */
export async function* readSegment(segment: Segment, log: Log): AsyncGenerator<SegmentLine> {
  let unreadable = 0;
  function onUnreadable(): void {
    unreadable += 1;
  }
  // In this order: a plain file goes only after its compressed one is there, a late one begins only after that.
  const plain = await openIfThere(segment.plain);
  const gzip = await openIfThere(segment.gzip);
  await gzip?.close();
  const late = await openIfThere(segment.late);
  try {
    const sources: AsyncGenerator<SegmentLine>[] = [];
    if (gzip !== null) sources.push(gzipLines(segment.gzip, onUnreadable));
    for (const file of [plain, late])
      if (file !== null) sources.push(sortedLines(file, await indexLines(file, onUnreadable)));
    yield* mergeLines(sources);
  } finally {
    await plain?.close();
    await late?.close();
  }
  if (unreadable > 0)
    log.warn(
      { segment: segment.plain, lines: unreadable },
      'Lines of the archive cannot be read and were skipped.',
    );
}

/**
 * The measurements that started in [fromMs, toMs), ascending by id. Memory is bounded by the index of one hour.
 * @param dir the archive's directory; an absent one is empty.
 */
export async function* readArchive(
  dir: string,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  log: Log,
): AsyncGenerator<ArchivedLine> {
  for (const segment of await listSegments(dir, fromMs - ID_SKEW_MAX_MS - HOUR_MS, toMs + ID_SKEW_MAX_MS)) {
    for await (const { id, text } of readSegment(segment, log)) {
      const read = OwnMeasurement.safeParse(JSON.parse(text));
      if (!read.success) {
        log.warn(
          { id, segment: segment.plain },
          'A record of the archive is not a measurement and was skipped.',
        );
        continue;
      }
      const startedAtMs = read.data.x_aiqyn_started_at_ms;
      if (startedAtMs >= fromMs && startedAtMs < toMs) yield { text, measurement: read.data };
    }
  }
}
