/** The series `outside`: what others count, one row for each of their steps. */
import { z } from 'zod';
import type { OutsidePoint } from '../../analysis/outside/point.ts';
import { FOREVER_POLICY, OUTSIDE_FIELDS, OUTSIDE_TAGS, SERIES } from '../fields.ts';
import type { OutsideScope, Window } from '../store.ts';
import { answers } from './ask.ts';
import type { InfluxConnection } from './connection.ts';
import type { Layout } from './layout.ts';
import { Tag, Time } from './rows.ts';
import { literal, name, numberField, seriesKey, tagValue, timestamp, within } from './text.ts';

export function lineOfOutside(point: OutsidePoint): string {
  const key = seriesKey(
    SERIES.outside,
    OUTSIDE_TAGS.map((tag) => [tag, point[tag]] as const),
  );
  const fields = [numberField('value', point.value)];
  if (point.baseline !== null) fields.push(numberField('baseline', point.baseline));
  return `${key} ${fields.join(',')} ${timestamp(point.atMs)}`;
}

const SELECTION = OUTSIDE_FIELDS.map(name)
  .concat(OUTSIDE_TAGS.map((tag) => `${name(tag)}::tag`))
  .join(', ');

const OutsideRow = z.object({
  time: Time,
  source: Tag,
  signal: Tag,
  entity: Tag,
  value: z.number(),
  baseline: z.number().nullable(),
});

/** Ascending by instant, streamed. */
export async function* readOutside(
  connection: InfluxConnection,
  { hasRollups }: Layout,
  window: Window,
  scope: OutsideScope = {},
): AsyncGenerator<OutsidePoint> {
  const narrowed = OUTSIDE_TAGS.flatMap((tag) => {
    const wanted = scope[tag];
    return wanted === undefined ? [] : [` AND ${name(tag)} = ${literal(tagValue(wanted))}`];
  });
  const policy = hasRollups ? `${name(FOREVER_POLICY)}.` : '';
  const question = `SELECT ${SELECTION} FROM ${policy}${name(SERIES.outside)} WHERE ${within(window.fromMs, window.toMs)}${narrowed.join('')}`;
  for await (const { row } of answers(connection, question)) {
    const { time, ...same } = OutsideRow.parse(row);
    yield { ...same, atMs: time };
  }
}
