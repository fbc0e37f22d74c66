/** The collectors' table in InfluxDB: series `collector`, one row for each, always at the same instant so that it is replaced. */
import { z } from 'zod';
import { SERIES } from '../fields.ts';
import { ask } from './ask.ts';
import type { InfluxConnection } from './connection.ts';
import { fromTagValue, name, numberField, seriesKey, timestamp } from './text.ts';

interface CollectorRow {
  readonly collector: string;
  readonly term: number;
  readonly beat: number;
  readonly lateFromMs: number;
  readonly lateCount: number;
}

const Kept = z.object({
  collector: z.string().transform(fromTagValue),
  term: z.number(),
  beat: z.number(),
  late_from_ms: z.number(),
  late_count: z.number(),
});

export interface InfluxLeaseTable {
  read(): Promise<CollectorRow[]>;
  write(row: CollectorRow): Promise<void>;
}

/** `policy`: one that keeps for ever, because the rows' instant is 1970; null is the default policy. */
export function influxLeaseTable(connection: InfluxConnection, policy: string | null): InfluxLeaseTable {
  const series = policy === null ? name(SERIES.collector) : `${name(policy)}.${name(SERIES.collector)}`;
  return {
    async read() {
      const question = `SELECT "term", "beat", "late_from_ms", "late_count", "collector"::tag FROM ${series} WHERE time >= 0ms`;
      return (await ask(connection, question)).map((row) => {
        const { late_from_ms, late_count, ...same } = Kept.parse(row);
        return { ...same, lateFromMs: late_from_ms, lateCount: late_count };
      });
    },
    async write({ collector, term, beat, lateFromMs, lateCount }) {
      const fields = [
        numberField('term', term),
        numberField('beat', beat),
        numberField('late_from_ms', lateFromMs),
        numberField('late_count', lateCount),
      ];
      const key = seriesKey(SERIES.collector, [['collector', collector]]);
      await connection.write([`${key} ${fields.join(',')} ${timestamp(0)}`], policy);
    },
  };
}
