/** How fast `aiqyn import ooni` takes a day of OONI's measurements into archive and DuckDB, and the most memory it has meanwhile. */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { createGzip } from 'node:zlib';
import { z } from 'zod';
import { startCli, withTemporaryFolder } from '../support/cli.ts';
import { handshake, request, SITE, webMeasurement } from '../support/web-observations.ts';
import { useOf } from './process-use.ts';

const MEASUREMENTS = 20_000;
const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2026, 0, 2);
const SITES = ['www.youtube.com', 'www.facebook.com', 'vk.com', 'www.instagram.com', 'x.com', 'example.org'];
const NETWORKS = ['AS9198', 'AS29355', 'AS21299', 'AS48503'];
/** A page of usual size; OONI keeps bodies. */
const BODY = '<html><title>A page</title>' + '<p>Words of a page.</p>'.repeat(350);

const Counts = z.object({ imported: z.literal(MEASUREMENTS), skipped: z.literal(0) });

function measurement(index: number): string {
  const host = SITES[index % SITES.length] ?? '';
  const url = `https://${host}/`;
  const atMs = START_MS + Math.floor((index * DAY_MS) / MEASUREMENTS);
  const isReset = index % 10 === 0;
  const failure = isReset ? 'connection_reset' : null;
  return JSON.stringify(
    webMeasurement({
      input: url,
      tls: [handshake(SITE, failure, { server_name: host })],
      requests: [request(url, SITE, failure === null ? { body: `${BODY}${index}` } : { failure })],
      envelope: {
        probe_cc: 'KZ',
        probe_asn: NETWORKS[index % NETWORKS.length],
        report_id: `report-${index}`,
        measurement_start_time: new Date(atMs).toISOString().slice(0, 19).replace('T', ' '),
      },
    }),
  );
}

/** @returns bytes of all lines before they are compressed. */
async function writeDay(file: string): Promise<number> {
  const gzip = createGzip();
  const out = gzip.pipe(createWriteStream(file));
  const written = once(out, 'finish');
  let bytes = 0;
  for (let index = 0; index < MEASUREMENTS; index += 1) {
    const line = `${measurement(index)}\n`;
    bytes += Buffer.byteLength(line);
    if (!gzip.write(line)) await once(gzip, 'drain');
  }
  gzip.end();
  await written;
  return bytes;
}

/** From the command's start to its end, so that starting, closing and the last flush count, too. */
export async function benchImport(): Promise<Record<string, number>> {
  return withTemporaryFolder(async (folder) => {
    const file = join(folder, 'day.jsonl.gz');
    const bytes = await writeDay(file);
    const startedMs = performance.now();
    const running = startCli(['import', 'ooni', file, '--data-dir', join(folder, 'data'), '--json']);
    const use = useOf(running);
    const code = await running.exited;
    const seconds = (performance.now() - startedMs) / 1_000;
    if (code !== 0) throw new Error(`aiqyn import ooni ended with ${String(code)}: ${running.stderr()}`);
    Counts.parse(JSON.parse(running.stdout()));
    return {
      importMeasurementsPerSecond: Math.round(MEASUREMENTS / seconds),
      importMeasurementBytes: Math.round(bytes / MEASUREMENTS),
      importRssMegabytes: (await use).peakMegabytes,
    };
  });
}
