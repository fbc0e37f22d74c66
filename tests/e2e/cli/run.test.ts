import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startCli, withTemporaryFolder } from '../../support/cli.ts';

const Vantages = z.object({ vantages: z.array(z.object({ connectivity: z.string().nullable() })) });

async function text(url: string): Promise<string> {
  const response = await fetch(url);
  expect(response.status).toBe(200);
  return response.text();
}

describe('aiqyn run, with no configuration', () => {
  it(
    'serves the page within 10 s, calls nothing blocked, and stops cleanly',
    { timeout: 60_000 },
    async () => {
      await withTemporaryFolder(async (folder) => {
        const startedMs = performance.now();
        const monitor = startCli(['run', '--port', '0', '--data-dir', folder]);
        try {
          const [url = ''] = await monitor.waitFor(/http:\/\/127\.0\.0\.1:\d+/, 10_000);
          const front = await text(`${url}/`);
          expect(performance.now() - startedMs).toBeLessThan(10_000);
          expect(front).toContain('<html');
          expect(await text(`${url}/healthz`)).toContain('ok');
          expect(await text(`${url}/metrics`)).toContain('aiqyn_');

          // The first round of rings says how far this machine gets.
          const deadlineMs = performance.now() + 25_000;
          let connectivity: string | undefined;
          while (connectivity === undefined && performance.now() < deadlineMs) {
            const { vantages } = Vantages.parse(JSON.parse(await text(`${url}/api/vantages`)));
            connectivity = vantages
              .flatMap(({ connectivity: word }) => word ?? [])
              .find((word) => word !== 'unknown');
            await new Promise((resolve) => setTimeout(resolve, 250));
          }
          expect(connectivity).toBeDefined();
          if (connectivity !== 'online') {
            const page = await text(`${url}/`);
            expect(page).toContain('offline');
            expect(page).toContain('npm run demo');
          }
          const incidents: unknown = JSON.parse(await text(`${url}/api/incidents`));
          expect(JSON.stringify(incidents)).not.toContain('platform_block');
        } finally {
          monitor.child.kill('SIGTERM');
        }
        expect(await monitor.exited).toBe(0);
      });
    },
  );
});
