/** The word that something changed: one look for all readers, none while nobody listens, and an end for everybody. */
import { describe, expect, it } from 'vitest';
import type { Store } from '../../../src/store/store.ts';
import { createContexts } from '../../../src/web/context.ts';
import { LIVE_READERS_MAX, LiveBoard } from '../../../src/web/live.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { silentLog } from '../../support/silent-log.ts';
import { aCatalog, aFilledStore, anOpenIncident, aNotice, EVENING_MS } from '../../support/web-world.ts';

const LOOK_MS = 10_000;

interface Heard {
  readonly texts: string[];
  isEnded: boolean;
}

/** `changes` takes the place of what the store would do. */
async function aBoard(changes: Partial<Store> = {}) {
  const clock = new ManualClock(EVENING_MS);
  const store = await aFilledStore({ calm: true });
  const statusNow = store.statusNow.bind(store);
  let looks = 0;
  Object.assign(store, changes, {
    statusNow: async (question: Parameters<Store['statusNow']>[0]) => {
      looks += 1;
      return statusNow(question);
    },
  });
  const { en } = createContexts({
    store,
    catalog: aCatalog(),
    clock,
    log: silentLog,
    notice: () => aNotice(),
    version: '0.0.0-test',
  });
  const board = new LiveBoard(en);
  function listen(isTaking = true) {
    const heard: Heard = { texts: [], isEnded: false };
    const reader = {
      write: (text: string) => isTaking && heard.texts.push(text) > 0,
      end: () => {
        heard.isEnded = true;
      },
    };
    return { heard, reader, isIn: board.join(reader) };
  }
  return { board, clock, store, listen, looks: () => looks };
}

describe('the live word', () => {
  it('is a heartbeat while nothing changes, and “change” once something does', async () => {
    const { board, clock, store, listen } = await aBoard();
    const { heard } = listen();
    await clock.advance(LOOK_MS);
    expect(heard.texts).toEqual([': still here\n\n']);
    await store.saveIncidents([anOpenIncident('youtube')]);
    await clock.advance(LOOK_MS);
    expect(heard.texts.at(-1)).toBe('event: change\ndata: {}\n\n');
    await clock.advance(LOOK_MS);
    expect(heard.texts.at(-1)).toBe(': still here\n\n');
    await board.close();
  });
  it('costs one look however many listen, and none once nobody does', async () => {
    const { board, clock, listen, looks } = await aBoard();
    const readers = [listen(), listen(), listen()].map(({ reader }) => reader);
    await clock.advance(LOOK_MS);
    expect(looks()).toBe(2);
    for (const reader of readers) board.leave(reader);
    await clock.advance(10 * LOOK_MS);
    expect(looks()).toBe(3);
    expect(clock.sleeping).toBe(0);
  });
  it('begins again for who comes later', async () => {
    const { board, clock, listen } = await aBoard();
    board.leave(listen().reader);
    await clock.advance(2 * LOOK_MS);
    const { heard } = listen();
    await clock.advance(LOOK_MS);
    expect(heard.texts).toHaveLength(1);
    await board.close();
  });
  it('is refused to more than it can serve, and drops who no longer takes it', async () => {
    const { board, clock, listen } = await aBoard();
    const stuck = listen(false);
    for (let count = 1; count < LIVE_READERS_MAX; count += 1) listen();
    expect(listen().isIn).toBe(false);
    await clock.advance(LOOK_MS);
    expect(stuck.heard.isEnded).toBe(true);
    expect(board.readers).toBe(LIVE_READERS_MAX - 1);
    expect(listen().isIn).toBe(true);
    await board.close();
  });
  it('ends for everybody when the server closes', async () => {
    const { board, listen } = await aBoard();
    const { heard } = listen();
    await board.close();
    expect(heard.isEnded).toBe(true);
    expect(listen().isIn).toBe(false);
  });
  it('goes on while the store is away', async () => {
    const { board, clock, listen } = await aBoard({
      incidents: async () => Promise.reject(new Error('away')),
    });
    const { heard } = listen();
    await clock.advance(LOOK_MS);
    expect(heard.texts).toEqual([': still here\n\n']);
    await board.close();
  });
});
