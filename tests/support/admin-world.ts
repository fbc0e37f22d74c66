/** A page with its administration over a data directory of its own, asked without a socket. */
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import { openAudit } from '../../src/admin/audit.ts';
import { Auth } from '../../src/admin/auth.ts';
import { AdminDesk } from '../../src/admin/desk.ts';
import { openPublishedBook } from '../../src/admin/published-book.ts';
import { Publisher } from '../../src/admin/publisher.ts';
import type { AdminConfig } from '../../src/config/admin-schema.ts';
import { Secret } from '../../src/config/secret.ts';
import { changeUserCalendar, readCalendar } from '../../src/events/user-calendar.ts';
import { Correction } from '../../src/events/corrections.ts';
import { IncidentNote } from '../../src/events/incident-notes.ts';
import { startCalendarKeeper } from '../../src/events/keeper.ts';
import { createPlaceBook } from '../../src/events/places.ts';
import { LinesBook } from '../../src/lines-book.ts';
import { createMemoryStore } from '../../src/store/memory/store.ts';
import { createWebServer } from '../../src/web/server.ts';
import { ManualClock } from './manual-clock.ts';
import { silentLog } from './silent-log.ts';
import { aCatalog, aNotice, anOpenIncident, EVENING_MS } from './web-world.ts';

export const TOKEN = 'a-token-of-more-than-thirty-two-letters';
export const BUNDLE = Buffer.from('PK what a bundle would hold');
export const CONFIG: AdminConfig = { token: new Secret(TOKEN), user: 'Asel', proxy: null };

export interface AdminWorld {
  readonly app: FastifyInstance;
  readonly clock: ManualClock;
  readonly publisher: Publisher;
  /** Ends the making of a bundle that `publish` began. */
  readonly finishBundle: (failure?: Error) => void;
  readonly get: (url: string, headers?: Record<string, string>) => Promise<LightMyRequestResponse>;
  readonly post: (
    url: string,
    form: Record<string, string>,
    headers?: Record<string, string>,
  ) => Promise<LightMyRequestResponse>;
  readonly close: () => Promise<void>;
}

/** Starts what `aiqyn run` composes, with a bundle whose making the test ends. */
export async function anAdminWorld(
  dataDir: string,
  config: AdminConfig | null = CONFIG,
): Promise<AdminWorld> {
  const clock = new ManualClock(EVENING_MS);
  const catalog = aCatalog();
  const store = createMemoryStore();
  await store.saveIncidents([anOpenIncident('youtube')]);
  const corrections = await LinesBook.open(join(dataDir, 'corrections.jsonl'), Correction);
  const notes = await LinesBook.open(join(dataDir, 'incident-notes.jsonl'), IncidentNote);
  const published = await openPublishedBook(dataDir);
  const keeper = await startCalendarKeeper({
    store,
    shipped: [],
    file: join(dataDir, 'events.yaml'),
    book: createPlaceBook(catalog.places),
    clock,
    log: silentLog,
    corrected: async (correction) => corrections.add(correction),
  });
  const waiting: ((failure?: Error) => void)[] = [];
  const publisher = new Publisher({
    book: published,
    make: async (_incident, onRecord) => {
      onRecord();
      await new Promise<void>((resolve, reject) => {
        waiting.push((failure) => {
          if (failure === undefined) resolve();
          else reject(failure);
        });
      });
      await mkdir(join(dataDir, 'published'), { recursive: true });
      const file = join(dataDir, 'published', 'made.tmp');
      await writeFile(file, BUNDLE);
      return { file, key: 'f'.repeat(64), remove: async () => Promise.resolve() };
    },
    nowMs: () => clock.nowMs(),
    log: silentLog,
  });
  const desk = new AdminDesk({
    calendar: {
      read: async () => readCalendar(dataDir),
      change: async (change) => changeUserCalendar(dataDir, change),
      changed: async () => keeper.look(),
    },
    notes,
    alerts: {
      routes: ['team', 'desk'],
      test: async (route) => Promise.resolve(route === 'team' ? null : 'the server says 500'),
    },
    publisher,
    audit: await openAudit(join(dataDir, 'admin-log.jsonl')),
    nowMs: () => clock.nowMs(),
  });
  let drawn = 0;
  function randomBytes(): Buffer {
    drawn += 1;
    return createHash('sha256').update(`test ${drawn}`).digest();
  }
  const app = await createWebServer({
    store,
    catalog,
    clock,
    log: silentLog,
    notice: () => aNotice(),
    version: '0.0.0-test',
    corrections: () => corrections.entries,
    notes: () => notes.entries,
    published,
    ...(config === null ? {} : { admin: { auth: new Auth({ config, clock, randomBytes }), desk } }),
  });
  return {
    app,
    clock,
    publisher,
    finishBundle: (failure) => {
      waiting.pop()?.(failure);
    },
    get: async (url, headers = {}) => app.inject({ url, headers }),
    post: async (url, form, headers = {}) =>
      app.inject({
        url,
        method: 'POST',
        payload: new URLSearchParams(form).toString(),
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      }),
    close: async () => {
      await keeper.stop();
      await app.close();
    },
  };
}

/** What a form of a page sends along to show that it is ours. */
export function formTokenIn({ body }: LightMyRequestResponse): string {
  return /name="formToken" value="([^"]+)"/.exec(body)?.[1] ?? '';
}

/** Logs in as a browser does: the cookie, and the token of its forms. */
export async function logIn(world: AdminWorld): Promise<{ cookie: string; formToken: string }> {
  const answer = await world.post('/admin/login', { token: TOKEN });
  const cookie = String(answer.headers['set-cookie']).split(';')[0] ?? '';
  return { cookie, formToken: formTokenIn(await world.get('/admin', { cookie })) };
}
