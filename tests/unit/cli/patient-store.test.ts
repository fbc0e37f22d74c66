import { describe, expect, it } from 'vitest';
import { openPatiently, REOPEN_MS } from '../../../src/cli/patient-store.ts';
import type { OpenedStore } from '../../../src/cli/patient-store.ts';
import { EnvironmentError } from '../../../src/errors.ts';
import { createMemoryStore } from '../../../src/store/memory/store.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { aPoint, T0_MS } from '../../support/points.ts';
import { createRecordingLog } from '../../support/silent-log.ts';

const AWAY = new EnvironmentError('STORE_UNREACHABLE', 'InfluxDB does not answer. Is it running?');
const LOCKED_OUT = new EnvironmentError('STORE_LOGIN', 'InfluxDB refuses the login.');

function opened(): OpenedStore {
  return { store: createMemoryStore(), collectors: { read: async () => [], write: async () => undefined } };
}

/** A server that gives these answers, one at each try, and the last one from then on. */
function world(...answers: readonly (Error | OpenedStore)[]) {
  const clock = new ManualClock(T0_MS);
  const { log, lines } = createRecordingLog();
  let tries = 0;
  async function open(): Promise<OpenedStore> {
    const answer = answers[Math.min(tries, answers.length - 1)];
    tries += 1;
    if (answer === undefined || answer instanceof Error) throw answer ?? new Error('no answer');
    return Promise.resolve(answer);
  }
  return { options: { open, clock, log }, clock, lines, tries: () => tries };
}

describe('openPatiently', () => {
  it('is the store itself where that is there', async () => {
    const there = opened();
    const { options, lines } = world(there);
    expect(await openPatiently(options)).toBe(there);
    expect(lines).toEqual([]);
  });

  it('rejects each question with the reason while the store is away, and answers once it has come', async () => {
    const { options, clock, lines } = world(AWAY, AWAY, AWAY, opened());
    const { store, collectors } = await openPatiently(options);
    await expect(store.writePoints([aPoint()])).rejects.toBe(AWAY);
    await expect(store.extent()).rejects.toBe(AWAY);
    await expect(collectors.read()).rejects.toBe(AWAY);
    await expect(store.points({ fromMs: 0, toMs: 1 })[Symbol.asyncIterator]().next()).rejects.toBe(AWAY);
    await clock.advance(3 * REOPEN_MS);
    await store.writePoints([aPoint()]);
    expect((await store.extent()).points).toBe(1);
    expect(await collectors.read()).toEqual([]);
    // Begin and end, and nothing for each try between.
    expect(lines.map(({ level }) => level)).toEqual(['warn', 'info']);
    await store.close();
  });

  it('does not wait for what only people can mend', async () => {
    const { options, tries } = world(LOCKED_OUT);
    await expect(openPatiently(options)).rejects.toBe(LOCKED_OUT);
    expect(tries()).toBe(1);
  });

  it('says another reason when the store comes and does not let us in, and goes on trying', async () => {
    const { options, clock, lines } = world(AWAY, LOCKED_OUT, LOCKED_OUT, opened());
    const { store } = await openPatiently(options);
    await clock.advance(REOPEN_MS);
    await expect(store.extent()).rejects.toBe(LOCKED_OUT);
    await clock.advance(2 * REOPEN_MS);
    expect((await store.extent()).points).toBe(0);
    expect(lines.map(({ level }) => level)).toEqual(['warn', 'warn', 'info']);
    await store.close();
  });

  it('stops trying when it is closed', async () => {
    const { options, clock, tries } = world(AWAY);
    const { store } = await openPatiently(options);
    await store.close();
    await clock.advance(10 * REOPEN_MS);
    expect(tries()).toBe(1);
  });
});
