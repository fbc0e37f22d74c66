/** Gathers what the pages must say of the monitor itself. */
import type { AgentStatus } from '../agent/options.ts';
import type { BudgetStep as AgentBudgetStep } from '../agent/traffic-budget.ts';
import type {
  BorrowedNotice,
  BudgetStep,
  ControlState,
  MonitorNotice,
  VantageNotice,
  WatchNotice,
} from '../web/notice.ts';

const STEPS: Readonly<Record<AgentBudgetStep, BudgetStep>> = {
  all: 'full',
  no_full: 'light_only',
  every_2nd: 'thinned',
  every_4th: 'thinned',
  every_8th: 'thinned',
  rings_only: 'thinned',
};

export interface NoticeSources {
  readonly demo: MonitorNotice['demo'];
  readonly startedAtMs: number;
  readonly agents: () => readonly AgentStatus[];
  /** One for each vantage; the page shows the worst. */
  readonly controls: () => readonly ControlState[];
  readonly detectorLagMs: () => number | null;
  readonly archiveBytes: () => number;
  readonly problems: () => readonly string[];
  /** Others' probes; absent where none are asked. */
  readonly borrowed?: () => readonly BorrowedNotice[];
  /** What is watched for livestreams; absent where nothing is. */
  readonly watched?: (() => readonly WatchNotice[]) | undefined;
}

function vantageNotice(status: AgentStatus): VantageNotice {
  const { vantage, connectivity, otherNetwork, budget, spoolDepth, dropped } = status;
  return {
    ...vantage,
    connectivity,
    isElsewhere: otherNetwork != null,
    budgetStep: STEPS[budget.step],
    budgetUsedBytes: budget.usedBytes,
    budgetBytes: budget.limitBytes,
    spoolDepth,
    dropped: dropped.measurements + dropped.unspooled,
  };
}

function worstOf(states: readonly ControlState[]): ControlState {
  if (states.includes('unreachable')) return 'unreachable';
  return states.includes('reachable') ? 'reachable' : 'none';
}

export function noticeOf(sources: NoticeSources): MonitorNotice {
  return {
    mode: sources.demo === undefined ? 'monitor' : 'demo',
    ...(sources.demo === undefined ? {} : { demo: sources.demo }),
    startedAtMs: sources.startedAtMs,
    control: worstOf(sources.controls()),
    vantages: sources.agents().map(vantageNotice),
    detectorLagMs: sources.detectorLagMs(),
    archiveBytes: sources.archiveBytes(),
    problems: sources.problems(),
    borrowed: sources.borrowed?.() ?? [],
    watched: sources.watched?.() ?? [],
  };
}
