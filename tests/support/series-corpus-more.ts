/**
 * More labelled series, harder ones: what recurs without being labelled (backups, deployments, quiet nights), changes that
 * last, series that are nearly always zero, and the end of something that was always there.
 */
import { DAY_MS, MINUTE_MS, disturb, phaseOf, regular } from './series-draft.ts';
import type { Dice, Draft, Maker } from './series-draft.ts';

const FIVE_MS = 5 * MINUTE_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** Nearly always nothing; now and then a person is at work; twice somebody else is. */
function intruder(dice: Dice): Draft {
  const draft = regular(5000, FIVE_MS, (_row, timeMs) => {
    const phase = phaseOf(timeMs);
    const isAtWork = phase > 0.35 && phase < 0.75 && dice.uniform() < 0.25;
    return isAtWork ? dice.uniform(0, 4) * dice.heavy(0.3) : 0;
  });
  disturb(draft, dice.uniform(0.4, 0.55), 20, () => dice.uniform(8, 20));
  disturb(draft, dice.uniform(0.75, 0.9), 40, () => dice.uniform(4, 12));
  return draft;
}

/** A steady step that a deployment takes, and spikes of the same height on many days before. */
function deployment(dice: Dice): Draft {
  const base = dice.uniform(1, 40);
  const backup = Math.floor(dice.uniform(0, 280));
  const draft = regular(4032, FIVE_MS, (row) => {
    const isBackup = row % 288 >= backup && row % 288 < backup + 3 && dice.uniform() < 0.8;
    return base * (1 + 0.04 * dice.normal() + (isBackup ? dice.uniform(0.5, 1.5) : 0));
  });
  disturb(draft, dice.uniform(0.5, 0.9), 4032, (value) => value * 1.4);
  return draft;
}

/** A group of servers whose load swings by the day, and does so wildly from one day on. */
function misconfiguredGroup(dice: Dice): Draft {
  const draft = regular(
    18_000,
    FIVE_MS,
    (_row, timeMs) => 35 + 8 * Math.sin(2 * Math.PI * phaseOf(timeMs)) + 4 * dice.normal() * dice.heavy(0.1),
  );
  disturb(draft, dice.uniform(0.75, 0.85), 1500, (value, step) => value + (step % 60 < 20 ? 40 : 5));
  return draft;
}

/** The temperature of a room, by the hour; the air conditioning fails twice. */
function room(dice: Dice): Draft {
  let drift = 0;
  const draft = regular(7267, HOUR_MS, (_row, timeMs) => {
    drift = 0.998 * drift + 0.12 * dice.normal();
    return 70 + drift + 1.5 * Math.sin(2 * Math.PI * phaseOf(timeMs)) + 0.8 * dice.normal();
  });
  disturb(draft, dice.uniform(0.45, 0.55), 40, (value) => value - dice.uniform(7, 10));
  disturb(draft, dice.uniform(0.85, 0.95), 90, (value, step) => value + Math.min(9, step * 0.25));
  return draft;
}

/** Writes to a disk: nothing, or much; once without end, once from a new job. */
function diskWrites(dice: Dice): Draft {
  const draft = regular(4700, FIVE_MS, () => (dice.uniform() < 0.04 ? 4e6 * dice.heavy(0.35) : 0));
  disturb(draft, dice.uniform(0.35, 0.5), 5, () => dice.uniform(2.5e8, 5e8));
  disturb(draft, dice.uniform(0.7, 0.9), 200, (value) => value + dice.uniform(2e7, 4e7));
  return draft;
}

/** A group of servers that is switched off at the end, after two dips. */
function switchedOff(dice: Dice): Draft {
  const draft = regular(4600, FIVE_MS, (_row, timeMs) => {
    const day = Math.sin(2 * Math.PI * phaseOf(timeMs));
    return Math.max(0, 33 + 3 * day + 1.5 * dice.normal() + (dice.uniform() < 0.003 ? -8 : 0));
  });
  disturb(draft, dice.uniform(0.4, 0.5), 8, () => dice.uniform(8, 14));
  disturb(draft, dice.uniform(0.93, 0.96), 4600, () => 0);
  return draft;
}

/** Requests by the day, bursts on many evenings, two far beyond. */
function requests(dice: Dice): Draft {
  const draft = regular(4032, FIVE_MS, (_row, timeMs) => {
    const day = 1 - 0.8 * Math.cos(2 * Math.PI * (phaseOf(timeMs) - 0.15));
    return Math.round(60 * day * dice.heavy(0.15) * (dice.uniform() < 0.01 ? dice.uniform(2, 4) : 1));
  });
  disturb(draft, dice.uniform(0.3, 0.5), 3, () => dice.uniform(550, 800));
  disturb(draft, dice.uniform(0.65, 0.9), 12, () => dice.uniform(500, 700));
  return draft;
}

/** Memory that is filled and freed; a leak, then a process that takes much at once. */
function memory(dice: Dice): Draft {
  let level = 10;
  const draft = regular(4000, FIVE_MS, () => {
    level = dice.uniform() < 0.01 ? dice.uniform(6, 14) : level;
    return level + 0.05 * dice.normal();
  });
  disturb(draft, dice.uniform(0.3, 0.45), 260, (value, step) => value + step * 0.05);
  disturb(draft, dice.uniform(0.65, 0.9), 50, (value) => value + dice.uniform(14, 15));
  return draft;
}

/** Mentions of what few speak of: mostly none or one, a crowd for an hour, days that are busier. */
function rareMentions(dice: Dice): Draft {
  let mood = 1;
  const draft = regular(15_840, FIVE_MS, (row, timeMs) => {
    if (row % 288 === 0) mood = dice.heavy(0.25);
    const day = 1 + 0.7 * Math.sin(2 * Math.PI * phaseOf(timeMs));
    return Math.floor(1.2 * mood * day * dice.uniform() * dice.heavy(0.45));
  });
  for (const share of [0.22, 0.5, 0.78]) {
    const height = dice.uniform(60, 200);
    disturb(draft, share + dice.uniform(0, 0.12), 40, (value, step) =>
      Math.round(value + height * Math.exp(-step / 10) * dice.uniform(0.5, 1.5)),
    );
  }
  return draft;
}

/** Occupancy of a road: per cent with two decimals, rush hours that vary, jams. */
function occupancy(dice: Dice): Draft {
  let rushHeight = 1;
  const draft = regular(2400, FIVE_MS * 2, (row, timeMs) => {
    if (row % 144 === 0) rushHeight = Math.floor(timeMs / DAY_MS) % 7 < 2 ? 0.2 : dice.uniform(0.6, 1.4);
    const phase = phaseOf(timeMs);
    const rush = Math.exp(-(((phase - 0.33) / 0.05) ** 2)) + Math.exp(-(((phase - 0.7) / 0.06) ** 2));
    const flow = 4 + 9 * rush * rushHeight;
    return Math.round(100 * Math.max(0, flow * (1 + 0.25 * dice.normal()))) / 100;
  });
  disturb(draft, dice.uniform(0.35, 0.5), 12, () => dice.uniform(38, 55));
  disturb(draft, dice.uniform(0.7, 0.9), 8, () => dice.uniform(30, 45));
  return draft;
}

/** A clean day by day, in which one day's rise does not come, is cut flat, or comes at night. */
function dayWithout(change: (value: number, step: number) => number): Maker {
  return (dice) => {
    const noise = dice.uniform(0, 3);
    const draft = regular(4032, FIVE_MS, (_row, timeMs) => {
      const phase = phaseOf(timeMs);
      return (phase > 0.38 && phase < 0.75 ? 80 : 20) + noise * dice.normal();
    });
    disturb(draft, (10 + 0.4) / 14, 100, change);
    return draft;
  };
}

/** Peaks that come ever more often. */
function denserPeaks(dice: Dice): Draft {
  const draft = regular(4032, FIVE_MS, (row) => (row % 120 === 60 ? 20 : 0));
  disturb(draft, dice.uniform(0.5, 0.6), 4032, (value, step) => (step % 15 === 7 ? 20 : value));
  return draft;
}

export const MORE_MAKERS: Readonly<Record<string, readonly Maker[]>> = {
  intruder: [intruder, intruder],
  deployment: [deployment, deployment],
  group: [misconfiguredGroup, switchedOff],
  room: [room],
  disk: [diskWrites, diskWrites],
  requests: [requests],
  memory: [memory],
  rare: [rareMentions, rareMentions, rareMentions],
  occupancy: [occupancy, occupancy],
  days: [
    dayWithout(() => 20),
    dayWithout(() => 50),
    dayWithout((value, step) => (step > 40 && step < 60 ? value + 60 : value)),
    denserPeaks,
    (dice) =>
      regular(4032, FIVE_MS, (_row, timeMs) => (phaseOf(timeMs) < 0.4 ? 20 : 80) + 0 * dice.uniform()),
    (dice) => regular(4032, FIVE_MS, (row) => (row % 40 < 3 ? 60 : 20) + 5 * dice.normal()),
  ],
};
