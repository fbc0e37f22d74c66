/** `/api/live` over a real socket: what goes over the line, who is let in, and that nobody is left hanging. */
import { describe, expect, it } from 'vitest';
import { LIVE_READERS_MAX } from '../../src/web/live.ts';
import { createWebServer } from '../../src/web/server.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { silentLog } from '../support/silent-log.ts';
import { aCatalog, aFilledStore, anOpenIncident, aNotice, EVENING_MS } from '../support/web-world.ts';

async function aServer() {
  const store = await aFilledStore({ calm: true });
  const clock = new ManualClock(EVENING_MS);
  const app = await createWebServer({
    store,
    catalog: aCatalog(),
    clock,
    log: silentLog,
    notice: () => aNotice(),
    version: '0.0.0-test',
  });
  const origin = await app.listen({ host: '127.0.0.1', port: 0 });
  return { app, store, clock, url: `${origin}/api/live` };
}

/** Whole chunks as text, until the stream ends or `isEnough` says so. */
async function read(answer: Response, isEnough: (text: string) => boolean): Promise<string> {
  const reader = answer.body?.getReader();
  const decoder = new TextDecoder();
  let text = '';
  for (;;) {
    const bytes: unknown = (await reader?.read())?.value;
    if (!(bytes instanceof Uint8Array)) return text;
    text += decoder.decode(bytes);
    if (isEnough(text)) {
      reader?.releaseLock();
      return text;
    }
  }
}

describe('/api/live', () => {
  it('is a stream of events that no cache keeps and no proxy gathers, protected like every answer', async () => {
    const { app, store, clock, url } = await aServer();
    const answer = await fetch(url);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('x-accel-buffering')).toBe('no');
    expect(answer.headers.get('content-encoding')).toBeNull();
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await read(answer, (text) => text.includes('\n\n'))).toBe('retry: 10000\n\n');
    await clock.advance(1);
    await store.saveIncidents([anOpenIncident('youtube')]);
    await clock.advance(10_000);
    expect(await read(answer, (text) => text.includes('change'))).toBe('event: change\ndata: {}\n\n');
    await app.close();
  });

  it('ends for its readers when the server stops, which does not wait for them', async () => {
    const { app, url } = await aServer();
    const answer = await fetch(url);
    const ended = read(answer, () => false);
    await app.close();
    expect(await ended).toBe('retry: 10000\n\n');
  });

  it('turns away who would be one too many, with words, and has room again once one has gone', async () => {
    const { app, clock, url } = await aServer();
    const first = new AbortController();
    const answers = await Promise.all(
      Array.from({ length: LIVE_READERS_MAX }, async (_, index) =>
        fetch(url, index === 0 ? { signal: first.signal } : {}),
      ),
    );
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    const refused = await fetch(url);
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBe('60');
    expect(refused.headers.get('content-type')).toContain('application/problem+json');
    expect(clock.sleeping).toBe(1);
    first.abort();
    await expect.poll(async () => (await fetch(url)).status, { timeout: 10_000 }).toBe(200);
    await app.close();
  });
});
