/** Vantages that record on while their InfluxDB is away, in small; `npm run bench -- outage` does the same for an hour of ten. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withTemporaryFolder } from '../../support/cli.ts';
import { influxdCommand, startInfluxd } from '../../support/influxd.ts';
import type { Influxd } from '../../support/influxd.ts';
import { throughOutage } from '../../support/outage.ts';
import type { OutageReport, OutageStory } from '../../support/outage.ts';

const STORY: OutageStory = {
  vantages: 3,
  awayAfterMinutes: 2,
  awayMinutes: 10,
  onMinutes: 2,
  speed: 120,
};
const MINUTES = STORY.awayAfterMinutes + STORY.awayMinutes + STORY.onMinutes;

describe.skipIf(influxdCommand() === null)('three vantages whose InfluxDB is killed and stays away', () => {
  let influxd: Influxd;
  let report: OutageReport;
  beforeAll(async () => {
    influxd = await startInfluxd();
    await withTemporaryFolder(async (folder) => {
      report = await throughOutage(influxd, folder, STORY);
    });
  }, 120_000);
  afterAll(async () => {
    await influxd.stop();
  });

  it('record on: what comes meanwhile waits in their spools', () => {
    // 74 light checks a minute and vantage, and what else is due.
    expect(report.waiting).toBeGreaterThan(STORY.vantages * STORY.awayMinutes * 74);
    expect(report.spoolBytes).toBeGreaterThan(report.waiting * 1_000);
    expect(report.dropped).toBe(0);
  });

  it('have every point in it afterwards, once', () => {
    expect(report.points).toBeGreaterThan(STORY.vantages * MINUTES * 74 - 1);
    expect(report.storedPoints).toBe(report.points);
    expect(report.storedIds).toBe(report.points);
    expect(report.setAside).toBe(0);
  });

  it('have a heartbeat in it for each minute, also of those it was away', () => {
    expect(report.storedHeartbeats).toBeGreaterThanOrEqual(STORY.vantages * MINUTES);
  });

  it('are unhealthy as long as it is away, as often as they are asked', () => {
    expect(report.health.length).toBeGreaterThan(STORY.awayMinutes);
    expect(new Set(report.health.slice(1))).toEqual(new Set([503]));
  });

  it('say so once each when it begins, and the monitor once for each of its parts', () => {
    const times = new Map<string, number>();
    for (const warning of report.warnings) times.set(warning, (times.get(warning) ?? 0) + 1);
    for (const [warning, count] of times) expect(count, warning).toBeLessThanOrEqual(STORY.vantages);
  });
});
