import { describe, expect, it } from 'vitest';
import type { AgentStatus } from '../../../src/agent/options.ts';
import { noticeOf } from '../../../src/cli/notice-board.ts';
import type { NoticeSources } from '../../../src/cli/notice-board.ts';

const agent: AgentStatus = {
  vantage: { id: 'ala-kcell', operator: 'AS29355', place: 'almaty', access: 'mobile' },
  connectivity: 'online',
  lastRoundAtMs: { light: 0, full: null, rings: 0 },
  budget: { usedBytes: 10, limitBytes: 100, step: 'every_4th', skippedFull: 1, skippedLight: 2 },
  spoolDepth: 3,
  dropped: { bodies: 5, measurements: 7, unspooled: 11 },
  skippedRounds: { light: 0, full: 0, rings: 0 },
  aborted: { shutdown: 0, probe_bug: 0, clock_jump: 0, overload: 0, line_away: 0 },
};
const sources: NoticeSources = {
  demo: undefined,
  startedAtMs: 1,
  agents: () => [agent],
  controls: () => ['reachable', 'none'],
  detectorLagMs: () => 2,
  archiveBytes: () => 4,
  problems: () => [],
};

describe('noticeOf(sources)', () => {
  it('counts every measurement that was lost, wherever it was lost; a body is no measurement', () => {
    expect(noticeOf(sources).vantages[0]?.dropped).toBe(18);
  });

  it('says how far the budget has thinned the rounds', () => {
    expect(noticeOf(sources).vantages[0]?.budgetStep).toBe('thinned');
  });

  it.each([
    { controls: ['none'], says: 'none' },
    { controls: ['none', 'reachable'], says: 'reachable' },
    { controls: ['reachable', 'unreachable'], says: 'unreachable' },
  ] as const)('takes the worst of the controls: $controls is $says', ({ controls, says }) => {
    expect(noticeOf({ ...sources, controls: () => controls }).control).toBe(says);
  });

  it('is a demo only where one is given', () => {
    expect(noticeOf(sources).mode).toBe('monitor');
    const demo = { scenarioTitle: 'An evening', speed: 30 };
    expect(noticeOf({ ...sources, demo })).toMatchObject({ mode: 'demo', demo });
  });
});
