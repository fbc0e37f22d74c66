/** What `aiqyn run` costs when nothing happens: time to the first page, and memory between rounds. */
import { readFileSync } from 'node:fs';
import { startCli, withTemporaryFolder } from '../support/cli.ts';

const START_MS_MAX = 60_000;
/** Rounds come each minute; this is past the first ones and between two. */
const IDLE_AFTER_MS = 100_000;
const PAGES = [
  '/',
  '/incidents',
  '/vantages',
  '/method',
  '/data',
  '/charts/timeline.svg',
  '/api/status',
  '/metrics',
];

/** Linux only: resident set from /proc, in MB of 1,000,000 bytes. */
function rssMegabytes(pid: number): number {
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Math.round((Number(kilobytes) * 1_024) / 1e6);
}

export async function benchMonitor(): Promise<Record<string, number>> {
  return withTemporaryFolder(async (folder) => {
    const startedMs = performance.now();
    const monitor = startCli(['run', '--port', '0', '--data-dir', folder], { AIQYN_LOG_LEVEL: 'error' });
    try {
      const [url = ''] = await monitor.waitFor(/http:\/\/127\.0\.0\.1:\d+/, START_MS_MAX);
      await (await fetch(`${url}/`)).text();
      const firstPageMs = performance.now() - startedMs;
      for (const page of PAGES) await (await fetch(`${url}${page}`)).text();
      await new Promise((resolve) => setTimeout(resolve, IDLE_AFTER_MS));
      const idle = rssMegabytes(monitor.child.pid ?? 0);
      const pageStartedMs = performance.now();
      await (await fetch(`${url}/`)).text();
      return {
        startToFirstPageMs: Math.round(firstPageMs),
        idleRssMegabytes: idle,
        frontPageMs: Math.round(performance.now() - pageStartedMs),
      };
    } finally {
      monitor.child.kill('SIGTERM');
      await monitor.exited;
    }
  });
}
