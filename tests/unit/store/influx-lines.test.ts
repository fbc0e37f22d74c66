/** Points as lines: what we write is, tag for tag and field for field, what the official client's own Point writes. */
import { Point } from '@influxdata/influxdb-client';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { severityOf } from '../../../src/analysis/verdict/severity.ts';
import { LAYERS, METHODS, STATUSES } from '../../../src/analysis/verdict/verdict.ts';
import type { ReachabilityPoint } from '../../../src/analysis/detect/point.ts';
import { REACHABILITY_TAGS, SERIES } from '../../../src/store/fields.ts';
import { lineOfPoint } from '../../../src/store/influx/rows.ts';
import { tagValue, textValue, timestamp } from '../../../src/store/influx/text.ts';
import { aPoint, T0_MS } from '../../support/points.ts';

const NS_PER_MS = 1_000_000;

/** Nothing was tried again and nothing is to be told: no field. */
function addRecord(line: Point, { retest, reasons }: ReachabilityPoint): void {
  if (retest !== 0 || reasons.length > 0) line.stringField('record', JSON.stringify([retest, ...reasons]));
}

function clientLine(point: ReachabilityPoint, nanoseconds: number): string {
  const line = new Point(SERIES.reachability);
  for (const tag of REACHABILITY_TAGS) if (point[tag] !== '') line.tag(tag, tagValue(point[tag]));
  for (const status of new Set([point.status, 'ok', 'blocked'] as const))
    line.intField(status, point.status === status ? 1 : 0);
  line.intField('severity', severityOf(point.status));
  line.floatField('score', point.score).floatField('confidence', point.confidence);
  line.stringField('status', point.status).stringField('id', point.id);
  addRecord(line, point);
  for (const field of ['layer', 'method', 'failure'] as const) {
    const value = point[field];
    if (value !== null) line.stringField(field, textValue(value));
  }
  const timed = {
    dns_ms: point.dnsMs,
    tcp_ms: point.tcpMs,
    tls_ms: point.tlsMs,
    ttfb_ms: point.ttfbMs,
    total_ms: point.totalMs,
    bytes_per_s: point.bytesPerSecond,
  };
  for (const [field, value] of Object.entries(timed)) if (value !== null) line.floatField(field, value);
  line.timestamp(String(BigInt(point.atMs) * BigInt(NS_PER_MS) + BigInt(nanoseconds)));
  return line.toLineProtocol() ?? '';
}

/** Cuts at every `separator` that is neither escaped nor, where `hasQuotes`, within quotes. */
function cut(text: string, separator: string, hasQuotes: boolean): string[] {
  const parts: string[] = [];
  let part = '';
  let isQuoted = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (character === '\\') {
      part += text.slice(index, index + 2);
      index += 1;
      continue;
    }
    if (hasQuotes && character === '"') isQuoted = !isQuoted;
    if (character === separator && !isQuoted) {
      parts.push(part);
      part = '';
    } else part += character;
  }
  return [...parts, part];
}

/** Neither tags nor fields have an order of their own. */
function unordered(line: string) {
  const [key = ''] = cut(line, ' ', false);
  const [series, ...tags] = cut(key, ',', false);
  const [fields = '', at = '', ...more] = cut(line.slice(key.length + 1), ' ', true);
  return { series, tags: tags.sort(), fields: cut(fields, ',', true).sort(), at, more };
}

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.string({ unit: fc.constantFrom(' ', ',', '=', '"', '\\', '\n', '%', '%u', 'a', 'ж'), maxLength: 12 }),
  fc.constantFrom('vantage-1', 'AS9198', 'https://www.youtube.com/', 'tcp://e1.whatsapp.net:5222'),
);
const number = fc.double({ noNaN: true, noDefaultInfinity: true });
function maybe<T>(values: fc.Arbitrary<T>): fc.Arbitrary<T | null> {
  return fc.option(values, { nil: null });
}
const point: fc.Arbitrary<ReachabilityPoint> = fc
  .record({
    id: fc.uuid({ version: 7 }),
    atMs: fc.oneof(fc.nat(4e12), fc.integer({ min: -1_000_000, max: 1_000_000 })),
    vantage: text,
    operator: text,
    place: text,
    access: text,
    platform: text,
    target: text,
    probe: text,
    retest: fc.nat(3),
    status: fc.constantFrom(...STATUSES),
    layer: maybe(fc.constantFrom(...LAYERS)),
    method: maybe(fc.constantFrom(...METHODS)),
    failure: maybe(text),
    confidence: number,
    score: number,
    reasons: fc.array(text, { maxLength: 3 }),
    dnsMs: maybe(number),
    tcpMs: maybe(number),
    tlsMs: maybe(number),
  })
  .chain((first) =>
    fc
      .record({ ttfbMs: maybe(number), totalMs: maybe(number), bytesPerSecond: maybe(number) })
      .map((rest) => ({ ...first, ...rest })),
  );

describe('the line of a point', () => {
  it('says what the client’s own Point says, whatever the texts and numbers are', () => {
    fc.assert(
      fc.property(point, fc.nat(NS_PER_MS - 1), (given, nanoseconds) => {
        const ours = unordered(lineOfPoint(given, nanoseconds));
        expect(ours).toEqual(unordered(clientLine(given, nanoseconds)));
        expect(ours.more).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('is one line of plain words for what nearly every point is', () => {
    expect(lineOfPoint(aPoint({ totalMs: 12.5 }), 42)).toBe(
      'reachability,vantage=ala-kcell,operator=AS29355,place=almaty,access=mobile,platform=youtube,target=youtube-www,probe=web ' +
        'ok=1i,blocked=0i,severity=1i,score=0,confidence=1,' +
        `status="ok",id="${aPoint().id}",total_ms=12.5 ${T0_MS}000042`,
    );
  });

  it('leaves out a tag that is empty', () => {
    expect(lineOfPoint(aPoint({ place: '' }), 0)).not.toContain('place');
  });
});

describe('timestamp', () => {
  it('is the exact number of nanoseconds, before and after 1970', () => {
    const range = { min: -9e15, max: 9e15 };
    fc.assert(
      fc.property(fc.integer(range), fc.nat(NS_PER_MS - 1), (atMs, nanoseconds) => {
        expect(timestamp(atMs, nanoseconds)).toBe(
          String(BigInt(atMs) * BigInt(NS_PER_MS) + BigInt(nanoseconds)),
        );
      }),
    );
  });
});
