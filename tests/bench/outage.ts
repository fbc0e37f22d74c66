/**
 * An InfluxDB that is away for an hour while ten vantages of the default plan record on: what waits on disk, what memory the
 * monitor takes meanwhile, how long the way back is, and whether each measurement is there once. The hour passes in two minutes.
 */
import { withTemporaryFolder } from '../support/cli.ts';
import { startInfluxd } from '../support/influxd.ts';
import { throughOutage } from '../support/outage.ts';

const MEGABYTE = 1e6;

function megabytes(bytes: number): number {
  return Math.round(bytes / MEGABYTE);
}

/** @throws Error where a measurement is missing, doubled, dropped or set aside. */
export async function benchOutage(): Promise<Record<string, number>> {
  const influxd = await startInfluxd();
  try {
    const story = { vantages: 10, awayAfterMinutes: 5, awayMinutes: 60, onMinutes: 5, speed: 30 };
    const report = await withTemporaryFolder(async (folder) => throughOutage(influxd, folder, story));
    const { points, storedPoints, storedIds, setAside, dropped, rssBytes } = report;
    if (storedPoints !== points || storedIds !== points || setAside + dropped > 0)
      throw new Error(
        `${points} points became ${storedPoints} rows of ${storedIds} measurements; ${setAside} set aside, ${dropped} dropped`,
      );
    return {
      outagePoints: points,
      outageRecordsWaiting: report.waiting,
      outageSpoolMegabytes: megabytes(report.spoolBytes),
      outageRssBeforeMegabytes: megabytes(rssBytes.before),
      outageRssFirstHalfMegabytes: megabytes(rssBytes.firstHalf),
      outageRssSecondHalfMegabytes: megabytes(rssBytes.secondHalf),
      outageRssPeakMegabytes: megabytes(rssBytes.peak),
      outageCatchUpSeconds: Math.round(report.catchUpMs / 1_000),
    };
  } finally {
    await influxd.stop();
  }
}
