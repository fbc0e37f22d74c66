/** Points as rows that may be given out: without vantages, in steps of five minutes, in an order that tells no instant. */
import type { ReachabilityPoint } from '../../analysis/detect/point.ts';
import { csvLine, PUBLIC_COLUMNS, publicCellsOf } from '../../export/point-table.ts';
import type { Cell } from '../../export/point-table.ts';
import { PUBLIC_ROUNDING_MS, roundedMs } from '../rounding.ts';

/** A step that has more is cut where it stands: what follows is a step of its own. */
const STEP_POINTS_MAX = 200_000;

function lineOf(cells: readonly Cell[]): string {
  return JSON.stringify(cells);
}

/** One step: sorted by its own text, so that nobody sees who came first. */
function rowsOf(points: readonly ReachabilityPoint[], atMs: number): Cell[][] {
  return points
    .map((point) => publicCellsOf(point, atMs))
    .map((cells) => ({ cells, text: lineOf(cells) }))
    .sort((one, other) => (one.text < other.text ? -1 : one.text > other.text ? 1 : 0))
    .map(({ cells }) => cells);
}

/** @param points ascending by instant. Memory is bounded by one step. */
export async function* publicRows(points: AsyncIterable<ReachabilityPoint>): AsyncGenerator<Cell[]> {
  let step: ReachabilityPoint[] = [];
  let stepMs = -Infinity;
  for await (const point of points) {
    if (point.atMs >= stepMs + PUBLIC_ROUNDING_MS || step.length >= STEP_POINTS_MAX) {
      yield* rowsOf(step, stepMs);
      step = [];
      stepMs = roundedMs(point.atMs);
    }
    step.push(point);
  }
  yield* rowsOf(step, stepMs);
}

/** CSV (RFC 4180) with its heading, or one JSON object a line. */
export async function* textsOf(
  rows: AsyncIterable<readonly Cell[]>,
  format: 'csv' | 'jsonl',
): AsyncGenerator<string> {
  const names = PUBLIC_COLUMNS.map(({ name }) => name);
  if (format === 'csv') yield csvLine(names);
  for await (const cells of rows) {
    if (format === 'csv') yield csvLine(cells);
    else
      yield `${JSON.stringify(Object.fromEntries(names.map((name, index) => [name, cells[index] ?? null])))}\n`;
  }
}
