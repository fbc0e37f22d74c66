/**
 * Which platforms somebody is live on now, by the calendar: what watchers saw begin, and what a person said by hand. What nobody ends is
 * taken as over in the end.
 */
import type { Clock } from '../../probes/probe.ts';
import type { CalendarFact } from '../events/fact.ts';
import type { Log } from '../log.ts';
import { isLive, LIVE_MS_MAX, LIVE_PREFIX, takenAsOver } from './live.ts';
import type { LiveCalendar } from './watcher.ts';

const LOOK_MS = 5_000;
const HOUR_MS = 3_600_000;

export interface LiveBoardOptions {
  readonly calendar: LiveCalendar;
  /** Platforms that another collector saw somebody live on; absent: there is no other. */
  readonly elsewhere?: () => Promise<readonly string[]>;
  /** Of several collectors one ends what nobody ended. */
  readonly mayEnd: () => boolean;
  readonly clock: Clock;
  readonly log: Log;
  /** Told when it changes. */
  readonly onLive: (platforms: ReadonlySet<string>) => void;
}

export interface LiveBoard {
  /** Looks at once. */
  poke(): void;
  platforms(): ReadonlySet<string>;
  stop(): Promise<void>;
}

export function startLiveBoard(options: LiveBoardOptions): LiveBoard {
  const { calendar, clock, log, onLive, elsewhere, mayEnd } = options;
  const stopping = new AbortController();
  let waiting = new AbortController();
  let live: ReadonlySet<string> = new Set();

  async function look(): Promise<void> {
    const facts = await calendar.read();
    const nowMs = clock.nowMs();
    const now = new Set([
      ...facts.filter((fact) => isLive(fact, nowMs)).flatMap(({ platforms }) => platforms),
      ...((await elsewhere?.()) ?? []),
    ]);
    if (now.size !== live.size || [...now].some((platform) => !live.has(platform))) {
      live = now;
      log.info(
        { platforms: [...now] },
        'Livestreams have begun or ended: these platforms are looked at closely.',
      );
      onLive(now);
    }
    const forgotten = !mayEnd() ? [] : facts.filter((fact) => isForgotten(fact, nowMs));
    if (forgotten.length > 0) await calendar.put(forgotten.map(forgottenOver));
  }
  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      await look().catch((error: unknown) => {
        log.error({ error: String(error) }, 'The calendar could not be looked at for livestreams.');
      });
      waiting = new AbortController();
      await clock.sleep(LOOK_MS, AbortSignal.any([stopping.signal, waiting.signal]));
    }
  }

  const running = run();
  return {
    poke() {
      waiting.abort();
    },
    platforms: () => live,
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

function isForgotten({ id, kind, start, end, precision }: CalendarFact, nowMs: number): boolean {
  if (kind !== 'livestream' || !id.startsWith(LIVE_PREFIX) || precision !== 'minute') return false;
  return end === null && nowMs - Date.parse(start) >= LIVE_MS_MAX;
}

function forgottenOver(fact: CalendarFact): CalendarFact {
  const hours = LIVE_MS_MAX / HOUR_MS;
  const endMs = Date.parse(fact.start) + LIVE_MS_MAX;
  return takenAsOver(fact, endMs, `Nobody ended it: it is taken as over after ${hours} hours.`);
}
