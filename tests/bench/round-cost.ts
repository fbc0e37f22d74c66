/** From what the rounds of a plan cost to what a day of it costs, with the tests that follow a change. */
import { z } from 'zod';
import { SCHEDULED_KINDS } from '../../probes/kinds.ts';
import type { Plan } from '../../probes/plan.ts';

const MINUTES_PER_DAY = 1_440;
/** Of the runs of each kind, how many see a change and are looked at again: one in a hundred is a bad line. */
export const CHANGED_SHARE = 0.01;
/** A page that fails is looked at again lightly three times in each of its first two rounds, and fetched in full once. */
const LIGHT_RETESTS = 6;

/** One round of one kind. Bytes are of IP packets both ways unless said otherwise. */
export const Counted = z.object({
  runs: z.number(),
  wireBytes: z.number(),
  controlBytes: z.number(),
  /** What the agent counts into its budget: bytes above TCP and UDP. */
  applicationBytes: z.number(),
  /** The measurements, compressed, as they would go to a collector elsewhere. */
  uploadBytes: z.number(),
  failures: z.number(),
  ms: z.number(),
});
export type Counted = z.infer<typeof Counted>;
export const Rounds = z.record(z.string(), Counted);
export type Rounds = z.infer<typeof Rounds>;

/** Runs a day of `*`, `*\/n` and whole numbers in the minute and hour fields, which is all that our plans use. */
export function runsPerDay(cron: string): number {
  const [minute = '', hour = ''] = cron.split(/\s+/).slice(-5);
  const perHour = minute === '*' ? 60 : minute.startsWith('*/') ? 60 / Number(minute.slice(2)) : 1;
  const hours = hour === '*' ? 24 : hour.startsWith('*/') ? 24 / Number(hour.slice(2)) : 1;
  return Math.min(MINUTES_PER_DAY, perHour * hours);
}

/** Bytes of one day by what they are for. */
export function dayOf(plan: Plan, rounds: Rounds): Readonly<Record<string, number>> {
  const day: Record<string, number> = { retests: 0, control: 0, upload: 0 };
  for (const kind of ['light', 'full', 'rings', ...SCHEDULED_KINDS] as const) {
    const round = rounds[kind];
    const cron = plan[kind]?.cron;
    if (round === undefined || cron === undefined) continue;
    const times = runsPerDay(cron);
    day[kind] = round.wireBytes * times;
    day['control'] = (day['control'] ?? 0) + round.controlBytes * times;
    day['upload'] = (day['upload'] ?? 0) + round.uploadBytes * times;
    day['retests'] = (day['retests'] ?? 0) + CHANGED_SHARE * times * againBytes(plan, rounds, kind);
  }
  return day;
}

/** What it costs to look again at every target of a round; rings are not looked at again. */
function againBytes(plan: Plan, rounds: Rounds, kind: string): number {
  function bytesOf(one: string): number {
    return rounds[one]?.wireBytes ?? 0;
  }
  if (kind === 'light' || kind === 'full') return LIGHT_RETESTS * bytesOf('light') + bytesOf('full');
  const schedule = SCHEDULED_KINDS.find((one) => one === kind);
  return schedule === undefined ? 0 : (plan[schedule]?.retests ?? 0) * bytesOf(kind);
}

export function sumOf(day: Readonly<Record<string, number>>): number {
  return Object.values(day).reduce((sum, bytes) => sum + bytes, 0);
}
