/** The series `outside`: what others count, one row for each of their steps. */
import { z } from 'zod';
import type { OutsidePoint } from '../../analysis/outside/point.ts';
import { FOREVER_POLICY, OUTSIDE_FIELDS, OUTSIDE_TAGS, SERIES } from '../fields.ts';
import { compareDays, DAY_MS } from '../outside-days.ts';
import type { OutsideDay, OutsideScope, Window } from '../store.ts';
import { answers, askEach } from './ask.ts';
import type { InfluxConnection } from './connection.ts';
import type { Layout } from './layout.ts';
import { Tag, Time } from './rows.ts';
import { instant, literal, name, numberField, seriesKey, tagValue, timestamp, within } from './text.ts';

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

function seriesOf(hasRollups: boolean): string {
  return `${hasRollups ? `${name(FOREVER_POLICY)}.` : ''}${name(SERIES.outside)}`;
}

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
  const question = `SELECT ${SELECTION} FROM ${seriesOf(hasRollups)} WHERE ${within(window.fromMs, window.toMs)}${narrowed.join('')}`;
  for await (const { row } of answers(connection, question)) {
    const { time, ...same } = OutsideRow.parse(row);
    yield { ...same, atMs: time };
  }
}

const DayRow = z.object({ time: Time, source: Tag, signal: Tag, entity: Tag, numbers: z.number() });
const Instant = z.object({ time: Time });

/** Between the oldest and the newest number: without bounds the server would look at each day since 1970. */
export async function readOutsideDays(
  connection: InfluxConnection,
  { hasRollups }: Layout,
): Promise<OutsideDay[]> {
  const series = seriesOf(hasRollups);
  const ends = ['first', 'last'].map((end) => `SELECT ${end}("value") FROM ${series}`);
  const [first, last] = (await askEach(connection, ends)).map(([row]) => Instant.safeParse(row).data?.time);
  if (first === undefined || last === undefined) return [];
  const groups = [`time(${instant(DAY_MS)})`, ...OUTSIDE_TAGS.map(name)].join(', ');
  const question = `SELECT count("value") AS "numbers" FROM ${series} WHERE ${within(first, last + 1)} GROUP BY ${groups} fill(none)`;
  const days: OutsideDay[] = [];
  for await (const { row } of answers(connection, question)) {
    const { time, ...same } = DayRow.parse(row);
    if (same.numbers > 0) days.push({ dayMs: time, ...same });
  }
  return days.sort(compareDays);
}
