/** What the doctor says of those who lend probes and of what is watched, with real servers that answer, or do not. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkBorrowed } from '../../src/cli/doctor/borrowed.ts';
import { checkWatchers } from '../../src/cli/doctor/watchers.ts';
import { loadConfig } from '../../src/config/config.ts';
import type { Config } from '../../src/config/config.ts';
import { withTemporaryFolder } from '../support/cli.ts';
import { startAtlas } from '../support/worlds/atlas.ts';
import type { AtlasWorld } from '../support/worlds/atlas.ts';
import { ics, rss, startFeeds } from '../support/worlds/feeds.ts';
import type { FeedsWorld } from '../support/worlds/feeds.ts';
import { GERMAN_PROBE, startGlobalping } from '../support/worlds/globalping.ts';
import { startYoutube } from '../support/worlds/youtube.ts';
import type { YoutubeWorld } from '../support/worlds/youtube.ts';

async function configOf(text: string): Promise<Config> {
  return withTemporaryFolder(async (folder) => {
    const file = join(folder, 'aiqyn.yaml');
    await writeFile(file, text);
    return loadConfig(file, {});
  });
}

describe('the doctor, of borrowed probes', () => {
  let atlas: AtlasWorld;
  beforeEach(async () => {
    atlas = await startAtlas();
  });
  afterEach(async () => {
    await atlas.close();
  });

  it('counts the probes in the country, and asks nobody where none are borrowed', async () => {
    const globalping = await startGlobalping();
    const config = await configOf(
      `borrowed: { globalping: { url: '${globalping.url}' }, atlas: { url: '${atlas.url}', key: x } }`,
    );
    expect(await checkBorrowed(config)).toMatchObject([
      { result: 'ok', finding: '2 probe(s) in Kazakhstan' },
      { result: 'ok', finding: '2 probe(s) in Kazakhstan' },
    ]);
    expect(globalping.spent()).toBe(0);
    expect(await checkBorrowed(await configOf(''))).toEqual([]);
    await globalping.close();
  });

  it('warns where there is none, where something else answers, and where nothing does', async () => {
    const globalping = await startGlobalping([GERMAN_PROBE]);
    const config = await configOf(
      `borrowed: { globalping: { url: '${globalping.url}' }, atlas: { url: '${atlas.url}', key: x } }`,
    );
    atlas.trouble = 'breaks';
    expect(await checkBorrowed(config)).toMatchObject([
      { result: 'warn', finding: 'has no probe in Kazakhstan now' },
      { result: 'warn', finding: 'answers with 502, and not with a list of probes' },
    ]);
    await globalping.close();
    expect((await checkBorrowed(config))[0]?.finding).toMatch(/does not answer/);
  });
});

describe('the doctor, of what is watched', () => {
  let youtube: YoutubeWorld;
  let feeds: FeedsWorld;
  beforeEach(async () => {
    youtube = await startYoutube();
    feeds = await startFeeds();
  });
  afterEach(async () => {
    await youtube.close();
    await feeds.close();
  });

  it('looks at each once, and says which does not answer as it should', async () => {
    const config = await configOf(`watchers:
  youtube: { url: '${youtube.url}', key: a-key, channels: [{ id: talk, channel: UC0123456789abcdefghijkl }] }
  feeds: [{ id: press, url: '${feeds.url}/feed', platforms: [facebook] }]
  calendars: [{ id: plans, url: '${feeds.url}/c.ics', platforms: [youtube] }]
  json: [{ id: radio, url: '${feeds.url}/j', platforms: [telegram], map: { items: /streams, id: /id } }]
`);
    feeds.documents.set('/feed', rss([{ id: 'a', title: 'b', atMs: 0 }]));
    feeds.documents.set('/c.ics', ics([{ uid: 'a', fromMs: 0, toMs: 1_000 }]));
    feeds.documents.set('/j', '{"streams":[]}');
    const good = await checkWatchers(config);
    expect(good.map(({ name, result }) => `${name} ${result}`)).toEqual([
      'Watcher talk ok',
      'Watcher press ok',
      'Watcher plans ok',
      'Watcher radio ok',
    ]);
    feeds.documents.set('/feed', '<html></html>');
    feeds.documents.set('/j', '{}');
    feeds.documents.delete('/c.ics');
    youtube.isUsedUp = true;
    const bad = await checkWatchers(config);
    expect(bad.map(({ finding }) => finding)).toEqual([
      'answers with status 403',
      'answers, but not with RSS or Atom',
      'answers with status 404',
      'answers, but not with a list at "/streams"',
    ]);
    expect(JSON.stringify([good, bad])).not.toContain('a-key');
  });
});
