/** `aiqyn run` with a channel that is watched: the stream in /api/events as it begins and ends, and one said by hand. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { runCli, startCli, withTemporaryFolder } from '../../support/cli.ts';
import { startYoutube } from '../../support/worlds/youtube.ts';

const SETTLES_MS = 30_000;
const CHANNEL = 'UC0123456789abcdefghijkl';
const HOUR_MS = 3_600_000;

const Events = z.object({
  events: z.array(
    z.looseObject({
      title: z.string(),
      start: z.string(),
      end: z.string(),
      endKnown: z.boolean().optional(),
    }),
  ),
});
type Shown = z.infer<typeof Events>['events'][number];

describe('aiqyn run with a watched channel', () => {
  it(
    'shows a stream as it begins and as it ends, once, also one that is said by hand',
    { timeout: 90_000 },
    async () => {
      const world = await startYoutube();
      const live = {
        id: 'abcdefghijk',
        channel: CHANNEL,
        title: 'Evening talk',
        live: { actualStartTime: new Date(Date.now() - HOUR_MS).toISOString() },
      };
      world.videos = [live];
      await withTemporaryFolder(async (folder) => {
        const config = join(folder, 'aiqyn.yaml');
        await writeFile(join(folder, 'key.txt'), 'a-key\n');
        await writeFile(
          config,
          `watchers:
  youtube:
    url: ${world.url}
    keyFile: key.txt
    unitsPerDay: 100000
    channels: [{ id: talk, channel: ${CHANNEL}, everySeconds: 5 }]
log: { level: info }
`,
        );
        const place = ['--config', config, '--data-dir', join(folder, 'data')];
        const monitor = startCli(['run', '--port', '0', ...place]);
        try {
          const [url = ''] = await monitor.waitFor(/http:\/\/127\.0\.0\.1:\d+/, 20_000);
          async function until(isSo: (shown: readonly Shown[]) => boolean): Promise<readonly Shown[]> {
            const deadlineMs = performance.now() + SETTLES_MS;
            const from = new Date(Date.now() - 6 * HOUR_MS).toISOString();
            const to = new Date(Date.now() + HOUR_MS).toISOString();
            for (;;) {
              const answer = await fetch(`${url}/api/events?from=${from}&to=${to}`);
              const { events } = Events.parse(JSON.parse(await answer.text()));
              const streams = events.filter(({ kind }) => kind === 'livestream');
              if (isSo(streams) || performance.now() > deadlineMs) return streams;
              await new Promise((resolve) => setTimeout(resolve, 200));
            }
          }
          expect(await until((shown) => shown.length === 1)).toMatchObject([
            { title: 'Evening talk', platforms: ['youtube'], endKnown: false },
          ]);
          await monitor.waitFor(/these platforms are looked at closely/, SETTLES_MS);

          const said = await runCli([
            'events',
            'live',
            'start',
            '--title',
            'By hand',
            '--platform',
            'facebook',
            ...place,
          ]);
          expect(said.code, said.stderr).toBe(0);
          const id = said.stdout.trim();
          const actualEndTime = new Date(Date.now() - 60_000).toISOString();
          world.videos = [{ ...live, live: { ...live.live, actualEndTime } }];
          const ended = await until(
            (shown) => shown.some(({ endKnown }) => endKnown === true) && shown.length === 2,
          );
          expect(ended.map(({ title, endKnown }) => ({ title, endKnown }))).toEqual([
            { title: 'Evening talk', endKnown: true },
            { title: 'By hand', endKnown: false },
          ]);
          expect((await runCli(['events', 'live', 'stop', id, ...place])).code).toBe(0);
          expect((await runCli(['events', 'live', 'stop', id, ...place])).code).toBe(2);
          const page = await (await fetch(`${url}/vantages`)).text();
          expect(page).toContain('Watched for livestreams');
          expect(page).not.toContain('a-key');
        } finally {
          monitor.child.kill('SIGTERM');
        }
        expect(await monitor.exited).toBe(0);
        expect(monitor.stderr()).not.toContain('a-key');
      });
      await world.close();
    },
  );
});
