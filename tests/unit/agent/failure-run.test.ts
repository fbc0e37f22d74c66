import { describe, expect, it } from 'vitest';
import { FailureRun } from '../../../src/agent/failure-run.ts';

/** Which of the results (`.` works, `x` fails) are looked at again. */
function lookedAtAgain(results: string): string {
  const run = new FailureRun();
  return Array.from(results, (result) => (run.isNews(result === '.') ? '!' : '-')).join('');
}

describe('a light check is looked at again', () => {
  it.each([
    ['....', '----', 'while all works: never'],
    ['.xx..', '-!!!-', 'in the first two rounds that fail, and in the first that works again'],
    ['xxxx.', '!!--!', 'not in what goes on failing'],
    ['x.x.', '!!!!', 'at each change of a line that flaps'],
    ['xx.xx', '!!!!!', 'anew once it has worked'],
  ])('%s → %s: %s', (results, expected) => {
    expect(lookedAtAgain(results)).toBe(expected);
  });
});
