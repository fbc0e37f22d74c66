import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createBackfillProgress } from '../../../src/cli/backfill-progress.ts';

function world(terminal: { isTTY?: boolean; columns?: number } = {}) {
  let nowMs = 0;
  const stderr = Object.assign(new PassThrough(), terminal);
  const progress = createBackfillProgress(stderr, { monotonicMs: () => nowMs });
  return {
    progress,
    pass: (delayMs: number) => {
      nowMs += delayMs;
    },
    said: () => String(stderr.read() ?? ''),
  };
}

describe('the progress of a backfill', () => {
  it('says how far it is, how fast, and how long the rest takes at that speed', () => {
    const { progress, pass, said } = world();
    progress.expect(4, 4_000_000);
    pass(60_000);
    progress.done(1_000_000);
    progress.show(60_000);
    expect(said()).toBe('about 3 minutes left, 1 of 4 files, 1.0 MB of 4.0 MB, 60000 read (1000/s)\n');
  });

  it('is quiet between two lines of a log', () => {
    const { progress, pass, said } = world();
    progress.expect(1, 1);
    for (let second = 0; second < 59; second += 1) {
      pass(1_000);
      progress.show(second);
    }
    expect(said().split('\n')).toHaveLength(2);
  });

  it('keeps its line on a terminal in one row, so that the next can take its place', () => {
    const { progress, pass, said } = world({ isTTY: true, columns: 40 });
    progress.expect(1_000, 1e9);
    pass(1_000);
    progress.show(1);
    expect(said()).toHaveLength(39);
    progress.clear();
    expect(said()).toBe('\r\u001b[K');
  });

  it('says why nothing comes while a server asks for patience', () => {
    const { progress, pass, said } = world({ isTTY: true, columns: 0 });
    pass(1_000);
    progress.waiting('HTTP 503', 7_400);
    expect(said()).toBe('The archive answered HTTP 503; it is asked again in 8 s.');
  });
});
