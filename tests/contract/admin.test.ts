/** Administration: who gets in, what a form must bring, what is logged, and what readers see of it. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AuditEntry } from '../../src/admin/audit.ts';
import { anAdminWorld, BUNDLE, CONFIG, formTokenIn, logIn, TOKEN } from '../support/admin-world.ts';
import type { AdminWorld } from '../support/admin-world.ts';

const INCIDENT = 'platform_block-youtube-1';
const EVENT = {
  kind: 'rally',
  start: '2026-03-12T14:00:00Z',
  titleEn: 'A rally in Almaty',
  places: 'Almaty\nAstana',
  platforms: 'youtube',
  sources: 'https://news.example/1',
  confidence: 'high',
};
let dataDir = '';
let world: AdminWorld;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'aiqyn-admin-'));
  world = await anAdminWorld(dataDir);
});
afterEach(async () => {
  await world.close();
  await rm(dataDir, { recursive: true, force: true });
});

async function again(config: typeof CONFIG | null): Promise<void> {
  await world.close();
  world = await anAdminWorld(dataDir, config);
}

async function logged(): Promise<AuditEntry[]> {
  const text = await readFile(join(dataDir, 'admin-log.jsonl'), 'utf8').catch(() => '');
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => AuditEntry.parse(JSON.parse(line)));
}

/** Sends a form as the one who is logged in. */
async function send(url: string, form: Record<string, string>) {
  const { cookie, formToken } = await logIn(world);
  return world.post(url, { ...form, formToken }, { cookie });
}

async function addEvent(): Promise<string> {
  const { headers } = await send('/admin/events/new', EVENT);
  return String(headers.location);
}

describe('who gets in', () => {
  it('nobody, where it is not configured', async () => {
    await again(null);
    for (const url of ['/admin', '/admin/login', '/admin/events'])
      expect((await world.get(url)).statusCode).toBe(404);
  });

  it('nobody without a token: pages lead to the login, forms are refused', async () => {
    const page = await world.get('/admin/events');
    expect([page.statusCode, page.headers.location]).toEqual([303, '/admin/login']);
    const form = await world.post('/admin/events/new', EVENT);
    expect(form.statusCode).toBe(401);
    expect(await logged()).toEqual([]);
  });

  it('whoever has the token, with a cookie that scripts and other sites never see', async () => {
    const { headers, statusCode } = await world.post('/admin/login', { token: TOKEN });
    expect([statusCode, headers.location]).toEqual([303, '/admin']);
    expect(headers['set-cookie']).toMatch(
      /^aiqyn_admin=[\w-]{43}; Path=\/admin; Max-Age=43200; HttpOnly; SameSite=Strict$/,
    );
    const { cookie } = await logIn(world);
    expect((await world.get('/admin', { cookie })).body).toContain('You are Asel.');
  });

  it('not for longer than a session, nor after logging out', async () => {
    const first = await logIn(world);
    await world.post('/admin/logout', { formToken: first.formToken }, { cookie: first.cookie });
    expect((await world.get('/admin', { cookie: first.cookie })).statusCode).toBe(303);
    const second = await logIn(world);
    world.clock.pass(13 * 3_600_000);
    expect((await world.get('/admin', { cookie: second.cookie })).statusCode).toBe(303);
  });

  it('nobody who tries tokens out: five wrong ones, then not even the right one for a quarter of an hour', async () => {
    for (let count = 0; count < 5; count++)
      expect((await world.post('/admin/login', { token: `wrong ${count}` })).statusCode).toBe(401);
    expect((await world.post('/admin/login', { token: TOKEN })).statusCode).toBe(429);
    expect((await world.get('/admin', { authorization: `Bearer ${TOKEN}` })).statusCode).toBe(303);
    world.clock.pass(15 * 60_000 + 1);
    expect((await world.post('/admin/login', { token: TOKEN })).statusCode).toBe(303);
    expect((await logged()).map(({ what }) => what)).toEqual([
      ...Array<string>(5).fill('login_refused'),
      'login',
    ]);
  });

  it('a program that brings the token with each request, and then no form needs one', async () => {
    const authorization = `Bearer ${TOKEN}`;
    expect((await world.get('/admin/log', { authorization })).statusCode).toBe(200);
    const { headers } = await world.post('/admin/events/new', EVENT, { authorization });
    expect(headers.location).toBe('/admin/events/2026-03-12-a-rally-in-almaty');
    expect((await world.get('/admin/log', { authorization: 'Bearer wrong' })).statusCode).toBe(303);
  });

  it('whom a proxy names, but only from that proxy’s address', async () => {
    const named = { 'x-forwarded-user': 'Dana' };
    await again({ token: null, user: 'admin', proxy: { header: 'x-forwarded-user', from: ['127.0.0.0/8'] } });
    const page = await world.get('/admin', named);
    expect([page.statusCode, page.body]).toEqual([200, expect.stringContaining('You are Dana.')]);
    expect((await world.post('/admin/events/new', EVENT, named)).statusCode).toBe(403);
    const formToken = formTokenIn(await world.get('/admin/events/new', named));
    expect((await world.post('/admin/events/new', { ...EVENT, formToken }, named)).statusCode).toBe(303);
    expect((await world.get('/admin')).statusCode).toBe(401);
    await again({ token: null, user: 'admin', proxy: { header: 'x-forwarded-user', from: ['10.0.0.1'] } });
    expect((await world.get('/admin', named)).statusCode).toBe(401);
    const forged = { ...named, 'x-forwarded-for': '10.0.0.1' };
    expect((await world.get('/admin', forged)).statusCode).toBe(401);
  });
});

describe('a form', () => {
  it('is refused without the token of its page, with another’s, and from another site', async () => {
    const { cookie, formToken } = await logIn(world);
    for (const form of [EVENT, { ...EVENT, formToken: 'x' }])
      expect((await world.post('/admin/events/new', form, { cookie })).statusCode).toBe(403);
    const refused = await world.post('/admin/events/new', EVENT, { cookie });
    expect(refused.body).toContain('What you typed is still in your browser');
    expect(refused.body).not.toContain('proxy');
    const elsewhere = { cookie, 'sec-fetch-site': 'cross-site' };
    expect((await world.post('/admin/events/new', { ...EVENT, formToken }, elsewhere)).statusCode).toBe(403);
    expect((await logged()).map(({ what }) => what)).toEqual(['login']);
  });

  it('that comes when nobody is logged in any more is not dropped without a word', async () => {
    const refused = await world.post('/admin/events/new', EVENT);
    expect(refused.statusCode).toBe(401);
    expect(refused.body).toContain('You are not logged in any more, and nothing was changed.');
  });

  it('may be sent from these pages alone: public ones have no form and take none', async () => {
    const { cookie } = await logIn(world);
    const admin = await world.get('/admin/events/new', { cookie });
    expect(admin.headers['content-security-policy']).toContain("form-action 'self'");
    expect(admin.headers['content-security-policy']).toContain("script-src 'self'");
    expect(admin.headers['cache-control']).toBe('no-store');
    const page = await world.get('/calendar');
    expect(page.headers['content-security-policy']).toContain("form-action 'none'");
    expect(page.body).not.toContain('<form');
    expect((await world.post('/calendar', {})).statusCode).toBe(404);
  });
});

describe('an event', () => {
  it('is added to the calendar’s own file, and readers see it at once', async () => {
    expect(await addEvent()).toBe('/admin/events/2026-03-12-a-rally-in-almaty');
    expect(await readFile(join(dataDir, 'events.yaml'), 'utf8')).toContain('title');
    expect((await world.get('/calendar')).body).toContain('A rally in Almaty');
    expect((await logged()).at(-1)).toMatchObject({
      what: 'event_add',
      who: 'Asel',
      before: null,
      after: { kind: 'rally' },
    });
  });

  it('is refused by the schema of the file, and nothing that was typed is lost', async () => {
    const { statusCode, body } = await send('/admin/events/new', { ...EVENT, start: 'yesterday <b>' });
    expect([statusCode, body]).toEqual([200, expect.stringContaining('start: expected')]);
    expect(body).toContain('value="yesterday &lt;b&gt;"');
    expect((await logged()).map(({ what }) => what)).toEqual(['login']);
  });

  it('that is corrected shows what it said before; the log has both', async () => {
    const path = await addEvent();
    const { cookie, formToken } = await logIn(world);
    const page = await world.get(path, { cookie });
    const state = /name="state" value="([^"]+)"/.exec(page.body)?.[1] ?? '';
    const changed = { ...EVENT, titleEn: 'A meeting in Almaty', places: 'Almaty', state, formToken };
    expect((await world.post(path, changed, { cookie })).body).toContain('Saved.');
    const { body } = await world.get('/calendar');
    expect(body).toContain('A meeting in Almaty');
    expect(body).toMatch(/Corrected on 12 March 2026.* It said before:/);
    expect(body).toContain('Title: A rally in Almaty');
    expect(body).toContain('Places: Almaty, Astana');
    expect(body).not.toContain('Sources: https://news.example');
    expect((await logged()).at(-1)).toMatchObject({
      what: 'event_edit',
      before: { titles: { en: 'A rally in Almaty' } },
      after: { titles: { en: 'A meeting in Almaty' } },
    });
    expect((await world.post(path, changed, { cookie })).body).toContain('Somebody changed this event since');
  });

  it('that is taken out stays visible as taken back', async () => {
    const path = await addEvent();
    await send(`${path}/remove`, {});
    const { body } = await world.get('/calendar');
    expect(body).toMatch(/Taken back on 12 March 2026.*It said:/);
    expect(body).toContain('Title: A rally in Almaty');
  });

  it('that is a claim shows on its page what it said before', async () => {
    const { cookie, formToken } = await logIn(world);
    const claim = {
      ...EVENT,
      kind: 'statement',
      stance: 'denies',
      who: 'The ministry',
      said: 'Nothing is blocked.',
    };
    const { headers } = await world.post('/admin/events/new', { ...claim, formToken }, { cookie });
    const path = String(headers.location);
    const state = /name="state" value="([^"]+)"/.exec((await world.get(path, { cookie })).body)?.[1] ?? '';
    await world.post(path, { ...claim, said: 'Works are under way.', state, formToken }, { cookie });
    const { body } = await world.get('/claims');
    expect(body).toContain('Works are under way.');
    expect(body).toMatch(/Statement: .*Nothing is blocked\./);
  });

  it('changed in the file by hand is shown as corrected, too', async () => {
    await addEvent();
    const file = join(dataDir, 'events.yaml');
    await writeFile(file, (await readFile(file, 'utf8')).replace('A rally in Almaty', 'A concert'));
    await send('/admin/events/new', { ...EVENT, titleEn: 'Another' });
    expect((await world.get('/calendar')).body).toContain('Title: A rally in Almaty');
  });
});

describe('a note on an incident', () => {
  it('is shown, and what it said before stays', async () => {
    const path = `/admin/incidents/${INCIDENT}/note`;
    await send(path, { text: 'Seen by <all> of us.' });
    await send(path, { text: 'Seen by two of us.' });
    const { body } = await world.get(`/incidents/${INCIDENT}`);
    expect(body).toContain('<p>Seen by two of us.</p>');
    expect(body).toContain('Seen by &lt;all&gt; of us.');
    expect(body).toMatch(/Corrected on .* It said before:/);
    await send(path, { text: '' });
    expect((await world.get(`/incidents/${INCIDENT}`)).body).toMatch(
      /The note was taken back on .* It said:/,
    );
    expect((await logged()).at(-1)).toMatchObject({ before: 'Seen by two of us.', after: '' });
  });

  it('is there after a restart', async () => {
    await send(`/admin/incidents/${INCIDENT}/note`, { text: 'Kept.' });
    await again(null);
    expect((await world.get(`/incidents/${INCIDENT}`)).body).toContain('Kept.');
  });
});

describe('a test alert', () => {
  it('says whether it was delivered, and is logged either way', async () => {
    expect((await send('/admin/alerts/team/test', {})).body).toContain('team: delivered.');
    expect((await send('/admin/alerts/desk/test', {})).body).toContain(
      'desk: not delivered: the server says 500',
    );
    expect((await send('/admin/alerts/nobody/test', {})).body).toContain('There is no route “nobody”.');
    expect((await logged()).filter(({ what }) => what === 'alert_test')).toMatchObject([
      { failed: null },
      { failed: 'the server says 500' },
    ]);
  });
});

describe('evidence', () => {
  const path = `/admin/incidents/${INCIDENT}`;
  const download = `/incidents/${INCIDENT}/evidence.zip`;

  it('is warned of in words, and not published without consent', async () => {
    const { cookie } = await logIn(world);
    expect((await world.get(path, { cookie })).body).toContain(
      'the names of the vantages that saw this incident',
    );
    expect((await send(`${path}/publish`, {})).body).toContain('Tick the box first');
    expect(world.publisher.state.incident).toBeNull();
    expect((await world.get(download)).statusCode).toBe(404);
  });

  it('is made one at a time, then given to everybody with its hash and how to check it', async () => {
    const { headers } = await send(`${path}/publish`, { consent: 'yes' });
    // A page that was the answer to the form would publish again when it is loaded again.
    expect(headers.location).toBe(`${path}#evidence`);
    const { body: making } = await world.get(path, { cookie: (await logIn(world)).cookie });
    expect(making).toMatch(/measurements read so far: 1\.(?!.*\/publish)/s);
    expect((await send(`${path}/publish`, { consent: 'yes' })).body).toContain('is being made; wait for it');
    expect((await world.get(`/incidents/${INCIDENT}`)).body).not.toContain('evidence.zip');
    world.finishBundle();
    await world.publisher.stop();
    const sha256 = createHash('sha256').update(BUNDLE).digest('hex');
    const { body } = await world.get(`/incidents/${INCIDENT}`);
    for (const text of [download, sha256, 'aiqyn verify evidence.zip --key ffff'])
      expect(body).toContain(text);
    const file = await world.get(download);
    expect([file.statusCode, file.headers['content-type']]).toEqual([200, 'application/zip']);
    expect(file.rawPayload.equals(BUNDLE)).toBe(true);
    expect((await world.get(download, { 'if-none-match': `"${sha256}"` })).statusCode).toBe(304);
  });

  it('can be taken off the page, and both are logged', async () => {
    await send(`${path}/publish`, { consent: 'yes' });
    world.finishBundle();
    await world.publisher.stop();
    await again(CONFIG);
    expect((await world.get(download)).statusCode).toBe(200);
    await send(`${path}/unpublish`, {});
    expect((await world.get(download)).statusCode).toBe(404);
    expect((await logged()).map(({ what }) => what).filter((what) => what.startsWith('evidence'))).toEqual([
      'evidence_publish',
      'evidence_unpublish',
    ]);
  });

  it('that cannot be made says why, and the next one may be', async () => {
    await send(`${path}/publish`, { consent: 'yes' });
    world.finishBundle(new Error('the archive holds no measurement of it'));
    await world.publisher.stop();
    const { cookie } = await logIn(world);
    expect((await world.get(path, { cookie })).body).toContain('the archive holds no measurement of it');
    expect((await send(`${path}/publish`, { consent: 'yes' })).statusCode).toBe(303);
    world.finishBundle();
    await world.publisher.stop();
    expect((await world.get(download)).statusCode).toBe(200);
  });
});
