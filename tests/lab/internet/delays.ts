/** How soon the real collector tells of a censor that begins while everything is measured. */
import { setTimeout as sleep } from 'node:timers/promises';
import { IncidentsAnswer } from '../../../src/web/api/schemas.ts';
import type { Filter } from './censor.ts';
import type { Fleet } from './fleet.ts';
import type { Measured, Operator } from './geography.ts';
import type { Internet } from './internet.ts';

const LOOK_MS = 500;

/** A filter at one operator for one platform, which nothing else touches there. */
export interface Censorship {
  readonly operator: Operator;
  readonly filter: Filter;
  readonly platform: Measured;
  /** What its incident is. */
  readonly kind: 'platform_block' | 'interception' | 'throttling';
}

/** All filters that a light check sees. */
export const SEEN_LIGHTLY: readonly Censorship[] = [
  { operator: 'AS9198', filter: 'drop name', platform: 'youtube', kind: 'platform_block' },
  { operator: 'AS29355', filter: 'inject answer', platform: 'telegram', kind: 'platform_block' },
  { operator: 'AS21299', filter: 'refuse address', platform: 'signal', kind: 'platform_block' },
  { operator: 'AS9198', filter: 'reset name', platform: 'facebook', kind: 'platform_block' },
  { operator: 'AS29355', filter: 'lie in resolver', platform: 'tiktok', kind: 'platform_block' },
  { operator: 'AS9198', filter: 'drop address', platform: 'instagram', kind: 'platform_block' },
  { operator: 'AS29355', filter: 'intercept', platform: 'x', kind: 'interception' },
];

/** What is slow is told by whole pages alone. */
export const CENSORSHIPS: readonly Censorship[] = [
  ...SEEN_LIGHTLY,
  { operator: 'AS21299', filter: 'slow down', platform: 'whatsapp', kind: 'throttling' },
];

export interface Told {
  readonly censorship: Censorship;
  /** From the filter's first packet to the incident in the collector's API; null where it was not told in time. */
  readonly delayMs: number | null;
}

interface When {
  readonly apartMs: number;
  readonly untilMs: number;
}

/** Begins them one after the other, `apartMs` apart, and waits until each is told, at most `untilMs` after the last. */
export async function tellingDelays(
  internet: Internet,
  fleet: Fleet,
  censorships: readonly Censorship[],
  { apartMs, untilMs }: When,
): Promise<readonly Told[]> {
  const begun = new Map<Censorship, number>();
  const told = new Map<Censorship, number>();
  async function look(): Promise<void> {
    const { incidents } = await fleet.ask('/api/incidents', IncidentsAnswer);
    const nowMs = performance.now();
    for (const [censorship, beganMs] of begun) {
      const { operator, platform, kind } = censorship;
      const isTold = incidents.some(
        (one) => one.kind === kind && one.platforms.includes(platform) && one.operators.includes(operator),
      );
      if (isTold && !told.has(censorship)) told.set(censorship, nowMs - beganMs);
    }
  }
  async function lookFor(durationMs: number): Promise<void> {
    const endsMs = performance.now() + durationMs;
    while (performance.now() < endsMs && told.size < censorships.length) {
      await look();
      await sleep(LOOK_MS);
    }
  }
  for (const censorship of censorships) {
    const { operator, filter, platform } = censorship;
    await internet.censor(operator, filter, platform);
    begun.set(censorship, performance.now());
    await lookFor(apartMs);
  }
  await lookFor(untilMs);
  return censorships.map((censorship) => ({ censorship, delayMs: told.get(censorship) ?? null }));
}
