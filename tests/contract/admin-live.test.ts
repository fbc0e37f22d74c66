/** A livestream that somebody says goes on now: at the page of administration, or by a program with the token. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { anAdminWorld, logIn, TOKEN } from '../support/admin-world.ts';
import type { AdminWorld } from '../support/admin-world.ts';

const STREAM = {
  title: 'A debate live',
  platforms: 'youtube\r\nfacebook\r\n',
  actors: '',
  sources: 'https://video.example/live',
};
let dataDir = '';
let world: AdminWorld;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'aiqyn-admin-live-'));
  world = await anAdminWorld(dataDir);
});
afterEach(async () => {
  await world.close();
  await rm(dataDir, { recursive: true, force: true });
});

/** What readers see of the calendar. */
async function events(): Promise<string> {
  return (await world.get('/calendar')).body;
}

describe('“live now”', () => {
  it('puts a livestream into the calendar at once, and ends it when it is said to end', async () => {
    const { cookie, formToken } = await logIn(world);
    const begun = await world.post('/admin/live', { ...STREAM, formToken }, { cookie });
    const id = decodeURIComponent(String(begun.headers.location).split('#')[1] ?? '');
    expect([begun.statusCode, id]).toEqual([303, expect.stringMatching(/^live-.*debate/)]);
    expect(await events()).toContain('A debate live');
    const page = await world.get('/admin/live', { cookie });
    expect(page.body).toContain('“A debate live” ends now');
    world.clock.pass(30 * 60_000);
    const ended = await world.post(`/admin/live/${encodeURIComponent(id)}/end`, { formToken }, { cookie });
    expect(ended.statusCode).toBe(303);
    expect((await world.get('/admin/live', { cookie })).body).toContain('Nothing is live');
    const log = await readFile(join(dataDir, 'admin-log.jsonl'), 'utf8');
    expect(log.match(/"what":"event_(?:add|edit)"/g)).toEqual(['"what":"event_add"', '"what":"event_edit"']);
  });

  it('is the same event when it is said again while it goes on', async () => {
    const authorization = `Bearer ${TOKEN}`;
    const [first, again] = [
      await world.post('/admin/live', STREAM, { authorization }),
      await world.post('/admin/live', STREAM, { authorization }),
    ];
    expect(again.headers.location).toBe(first.headers.location);
  });

  it('says what is missing, and keeps what was typed', async () => {
    const { cookie, formToken } = await logIn(world);
    const refused = await world.post('/admin/live', { ...STREAM, platforms: '', formToken }, { cookie });
    expect(refused.statusCode).toBe(200);
    expect(refused.body).toContain('say where it is live, such as youtube');
    expect(refused.body).not.toContain('--platform');
    expect(refused.body).toContain('value="A debate live"');
  });

  it('ends nothing that does not go on', async () => {
    const { cookie, formToken } = await logIn(world);
    const refused = await world.post('/admin/live/live-nothing/end', { formToken }, { cookie });
    expect(refused.body).toContain('there is no event');
  });

  it('is nobody’s who is not logged in', async () => {
    expect((await world.post('/admin/live', STREAM)).statusCode).toBe(401);
    expect(await events()).not.toContain('A debate live');
  });
});
