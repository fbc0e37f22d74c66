/** How fast `aiqyn backfill ooni` takes a month of a busy country from a server into incidents and associations. */
import { writeFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { runCli, withTemporaryFolder } from '../support/cli.ts';
import { startArchive } from '../support/ooni-archive.ts';
import { calendarOf, historyFiles, springScenario } from '../support/ooni-history.ts';

/** 42 cells (six vantages, seven platforms) over 28 days: 211,680 measurements. */
const CADENCE_SECONDS = 480;
const FILES_PER_DAY = 4;
const PAGE_SIZE = 100;

const Answer = z.object({
  imported: z.number(),
  skipped: z.literal(0),
  incidents: z.array(z.object({ kind: z.string() })),
  associations: z.array(z.object({ kind: z.string(), platform: z.string(), significant: z.boolean() })),
});

/** From the command's start to its end: listing, download, archive, verdict, store, detector and association. */
export async function benchBackfill(): Promise<Record<string, number>> {
  const scenario = await springScenario();
  const files = new Map<string, Buffer>();
  let [bytes, measurements] = [0, 0];
  for (const file of historyFiles({
    scenario,
    cadenceSeconds: CADENCE_SECONDS,
    filesPerDay: FILES_PER_DAY,
  })) {
    files.set(file.key, file.body);
    bytes += file.body.length;
    measurements += file.measurements;
  }
  const server = await startArchive(files, {}, PAGE_SIZE);
  try {
    return await withTemporaryFolder(async (folder) => {
      const dataDir = join(folder, 'data');
      await mkdir(dataDir);
      await writeFile(join(dataDir, 'events.yaml'), calendarOf(scenario));
      const days = ['--since', '2018-03-01', '--until', '2018-04-30'];
      const startedMs = performance.now();
      const { code, stdout, stderr } = await runCli([
        ...['backfill', 'ooni', ...days, '--from', server.url, '-d', dataDir, '--json'],
      ]);
      const seconds = (performance.now() - startedMs) / 1_000;
      if (code !== 0) throw new Error(`aiqyn backfill ooni ended with ${String(code)}: ${stderr}`);
      const answer = Answer.parse(JSON.parse(stdout));
      if (answer.imported !== measurements) throw new Error(`only ${answer.imported} of ${measurements}`);
      return {
        backfillMeasurements: measurements,
        backfillMeasurementsPerSecond: Math.round(measurements / seconds),
        backfillCompressedBytesPerSecond: Math.round(bytes / seconds),
        backfillIncidents: answer.incidents.length,
        backfillSignificantAssociations: answer.associations.filter(({ significant }) => significant).length,
      };
    });
  } finally {
    await server.close();
  }
}
