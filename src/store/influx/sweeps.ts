/** The series `sweep`: how much of an operator answers from outside, one row for each round. */
import type { SweepPoint } from '../../analysis/detect/point.ts';
import { z } from 'zod';
import { SERIES, SWEEP_FIELDS, SWEEP_TAGS } from '../fields.ts';
import type { Store, Window } from '../store.ts';
import { answers } from './ask.ts';
import type { InfluxConnection } from './connection.ts';
import { compare } from './read-points.ts';
import { Tag, Time } from './rows.ts';
import { literal, name, numberField, seriesKey, tagValue, timestamp, within } from './text.ts';

export function lineOfSweep(point: SweepPoint): string {
  const key = seriesKey(
    SERIES.sweep,
    SWEEP_TAGS.map((tag) => [tag, point[tag]] as const),
  );
  const fields = [
    numberField('up_ratio', point.upRatio),
    numberField('probed', point.probed),
    numberField('answered', point.answered),
  ];
  if (point.rttMs !== null) fields.push(numberField('rtt_ms', point.rttMs));
  return `${key} ${fields.join(',')} ${timestamp(point.atMs)}`;
}

const SELECTION = SWEEP_FIELDS.map(name)
  .concat(SWEEP_TAGS.map((tag) => `${name(tag)}::tag`))
  .join(', ');

const SweepRow = z.object({
  time: Time,
  operator: Tag,
  place: Tag,
  up_ratio: z.number(),
  probed: z.number(),
  answered: z.number(),
  rtt_ms: z.number().nullable(),
});

export async function readSweeps(
  connection: InfluxConnection,
  window: Window,
  scope: Parameters<Store['sweeps']>[1] = {},
): Promise<SweepPoint[]> {
  const narrowed = SWEEP_TAGS.flatMap((tag) => {
    const wanted = scope[tag];
    return wanted === undefined ? [] : [` AND ${name(tag)} = ${literal(tagValue(wanted))}`];
  });
  const question = `SELECT ${SELECTION} FROM ${name(SERIES.sweep)} WHERE ${within(window.fromMs, window.toMs)}${narrowed.join('')}`;
  const found: SweepPoint[] = [];
  for await (const { row } of answers(connection, question)) {
    const { time, up_ratio, rtt_ms, ...same } = SweepRow.parse(row);
    found.push({ ...same, atMs: time, upRatio: up_ratio, rttMs: rtt_ms });
  }
  return found.sort(
    (a, b) => a.atMs - b.atMs || compare(a.operator, b.operator) || compare(a.place, b.place),
  );
}
