import { describe, expect, it } from 'vitest';
import type { ControlAnswer, ControlClient } from '../../../probes/probe.ts';
import { watchControl } from '../../../src/cli/watched-control.ts';

function answering(answer: ControlAnswer): ControlClient {
  return { ask: async () => answer };
}

const question = { url: 'https://example.org/', endpoints: [] };
const live: ControlAnswer = { source: 'live', control: null, failure: null, ageMs: 0 };
const gone: ControlAnswer = { source: 'none', control: null, failure: 'generic_timeout_error', ageMs: 0 };

describe('watchControl(client)', () => {
  it('says "none" where no control is configured', () => {
    expect(watchControl(null).state()).toBe('none');
  });

  it.each([
    { answer: live, state: 'reachable' },
    { answer: { ...gone, source: 'last_known_good' }, state: 'unreachable' },
    { answer: gone, state: 'unreachable' },
  ] as const)('says $state after an answer that is $answer.source', async ({ answer, state }) => {
    const watched = watchControl(answering(answer));
    await watched.client?.ask(question, new AbortController().signal);
    expect(watched.state()).toBe(state);
  });

  it('does not blame the control for our own shutdown', async () => {
    const watched = watchControl(answering(gone));
    await watched.client?.ask(question, AbortSignal.abort());
    expect(watched.state()).toBe('reachable');
  });
});
