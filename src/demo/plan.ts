/** What the demo measures and how often: few targets and short deadlines, so that many scenario minutes fit into one real one. */
import type { Catalog } from '../../probes/catalog.ts';
import { Plan } from '../../probes/plan.ts';
import type { PlannedTarget, WebTarget } from '../../probes/plan.ts';
import type { Platform } from '../../probes/words.ts';
import type { Scenario } from '../scenario/scenario.ts';

/** Two of each platform: enough to tell a platform from one of its servers, and light on a small machine. */
const TARGETS_PER_PLATFORM_MAX = 2;
/** Real sockets and two cores carry no more rounds than this. */
const CADENCE_MS_MIN = 1_000;
/** Short enough that a blocked target is through before the next round, long enough for a busy machine of two cores. */
const LIGHT_TIMEOUT_MS = 1_300;
const FULL_TIMEOUT_MS = 2_200;
const RINGS_TIMEOUT_MS = 1_800;
/** A run of an app is many connections; silence to all of them still ends well before the next. */
const KIND_TIMEOUT_MS = 5_000;
/** A transfer gets a share of it, and tells a slow rate only after three seconds; five transfers of slowed pages end within it. */
const THROUGHPUT_TIMEOUT_MS = 24_000;
/** Names the slower of the two rates; see `demoPlan`. */
const FULL_CRON = '*/15 * * * * *';
/** One full fetch for so many light checks. */
const FULL_EVERY = 15;

export interface DemoPlan {
  readonly plan: Plan;
  /** Real milliseconds between the starts of two rounds of light checks; rings go with them. */
  readonly lightEveryMs: number;
  /** Real milliseconds between two rounds of full fetches. */
  readonly fullEveryMs: number;
  /** Scenario seconds between two rounds: coarser than the file's when the speed is too high for real sockets. */
  readonly cadenceSeconds: number;
}

/**
 * @param speed scenario seconds per real second; throws RangeError when it is not a positive number.
 * The plan's cron expressions only name the rates' order; the demo's ticker goes by `lightEveryMs` and `fullEveryMs`.
 */
export function demoPlan(scenario: Scenario, speed: number): DemoPlan {
  if (!Number.isFinite(speed) || speed <= 0) {
    throw new RangeError(`speed must be a positive number, not ${String(speed)}`);
  }
  const lightEveryMs = Math.max(CADENCE_MS_MIN, (scenario.cadenceSeconds * 1_000) / speed);
  const plan = Plan.parse({
    id: 'demo',
    title: 'Demo',
    description: 'A few targets of each platform of the scenario, in rounds as short as real sockets allow.',
    platforms: scenario.platforms,
    light: { cron: '* * * * * *', timeoutMs: LIGHT_TIMEOUT_MS },
    full: { cron: FULL_CRON, timeoutMs: FULL_TIMEOUT_MS, bodyBytesMax: 65_536 },
    rings: { cron: '* * * * * *', timeoutMs: RINGS_TIMEOUT_MS },
    app: { cron: FULL_CRON, timeoutMs: KIND_TIMEOUT_MS, retests: 0 },
    ingest: { cron: FULL_CRON, timeoutMs: KIND_TIMEOUT_MS, retests: 0 },
    throughput: { cron: FULL_CRON, timeoutMs: THROUGHPUT_TIMEOUT_MS, retests: 0 },
    jitterSeconds: 0,
    concurrency: 16,
    dailyBudgetMegabytes: 100_000,
  });
  return {
    plan,
    lightEveryMs,
    fullEveryMs: lightEveryMs * FULL_EVERY,
    cadenceSeconds: (lightEveryMs * speed) / 1_000,
  };
}

/** At most two targets of each platform, front doors first, none that is sensitive. */
export function demoTargets(
  platforms: readonly Platform[],
  catalog: Pick<Catalog, 'targets'>,
): readonly WebTarget[] {
  return [...new Set(platforms)].flatMap((platform) => {
    const candidates = catalog.targets.filter((target) => target.platform === platform && !target.sensitive);
    const frontFirst = [
      ...candidates.filter(({ part }) => part === 'main'),
      ...candidates.filter(({ part }) => part !== 'main'),
    ];
    return frontFirst.slice(0, TARGETS_PER_PLATFORM_MAX).map(({ id, probe, url, lightUrl }) => ({
      id,
      platform,
      probe,
      url,
      lightUrl: lightUrl ?? url,
    }));
  });
}

/** The apps, live-video hosts and pages fetched for their speed of these platforms, none that is sensitive. */
export function demoKindTargets(
  platforms: readonly Platform[],
  catalog: Pick<Catalog, 'kindTargets'>,
): readonly PlannedTarget[] {
  return catalog.kindTargets.filter(({ platform, sensitive }) => platforms.includes(platform) && !sensitive);
}

/** The same targets where apps that trust one authority only trust the demo's, which signs for everybody here. */
export function trusting(targets: readonly PlannedTarget[], caKey: string): readonly PlannedTarget[] {
  return targets.map((target) =>
    target.probe === 'app' && target.rootKeys !== undefined ? { ...target, rootKeys: [caKey] } : target,
  );
}
