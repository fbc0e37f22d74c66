/**
 * Labelled series of the kinds that monitoring meets, made from a seed: busy and idle servers, hourly costs, machine
 * temperature, demand with weeks and holidays, road sensors with uneven cadence, mention counts with bursts, plain shapes.
 */
import { MORE_MAKERS } from './series-corpus-more.ts';
import { DAY_MS, MINUTE_MS, START_MS, diceOf, disturb, phaseOf, regular } from './series-draft.ts';
import type { Dice, Draft, Maker } from './series-draft.ts';

export interface LabelledSeries {
  readonly name: string;
  readonly timestamps: readonly number[];
  readonly values: readonly number[];
  readonly windows: readonly (readonly [number, number])[];
}

function busyServer(dice: Dice): Draft {
  let level = 0;
  const base = dice.uniform(20, 60);
  const draft = regular(4032, 5 * MINUTE_MS, () => {
    level = 0.9 * level + dice.normal();
    const spike = dice.uniform() < 0.004 ? dice.uniform(5, 15) : 0;
    return Math.max(0, base + level + spike);
  });
  disturb(draft, dice.uniform(0.3, 0.5), 3, () => Math.min(100, base + dice.uniform(25, 45)));
  disturb(draft, dice.uniform(0.65, 0.9), 900, (value) => value + dice.uniform(9, 11));
  return draft;
}

function idleServer(dice: Dice): Draft {
  const draft = regular(4032, 5 * MINUTE_MS, (row) => {
    const job = row % 288 === 40 ? 6 : 0;
    return (
      0.1 + (dice.uniform() < 0.1 ? 0.034 : 0) + 0.02 * Math.abs(dice.normal()) + job * dice.uniform(0.8, 1.2)
    );
  });
  disturb(draft, dice.uniform(0.4, 0.6), 4, () => dice.uniform(20, 40));
  disturb(draft, dice.uniform(0.75, 0.9), 400, (value) => value + 1.5 + dice.uniform());
  return draft;
}

function networkIn(dice: Dice): Draft {
  const draft = regular(
    4032,
    5 * MINUTE_MS,
    () => 50_000 * (1 + 0.1 * dice.normal()) * (dice.uniform() < 0.02 ? dice.heavy(0.4) * 3 : 1),
  );
  disturb(draft, dice.uniform(0.3, 0.5), 6, () => dice.uniform(8e6, 1.5e7));
  disturb(draft, dice.uniform(0.7, 0.9), 60, () => 0);
  return draft;
}

function requestLatency(dice: Dice): Draft {
  const draft = regular(
    4032,
    5 * MINUTE_MS,
    () => 45 + 2 * dice.normal() + (dice.uniform() < 0.01 ? dice.uniform(3, 12) : 0),
  );
  disturb(draft, dice.uniform(0.35, 0.45), 2, () => dice.uniform(75, 99));
  disturb(draft, dice.uniform(0.6, 0.7), 2, () => dice.uniform(22, 27));
  disturb(draft, dice.uniform(0.85, 0.93), 300, (value, step) => value + Math.min(12, step * 0.2));
  return draft;
}

function exchangeCost(dice: Dice): Draft {
  const draft = regular(1600, 60 * MINUTE_MS, (_row, timeMs) => {
    const day = 1 + 0.5 * Math.sin(2 * Math.PI * phaseOf(timeMs));
    return 0.1 * day * Math.exp(0.25 * dice.normal()) * (dice.uniform() < 0.008 ? dice.uniform(1.5, 3) : 1);
  });
  disturb(draft, dice.uniform(0.3, 0.45), 1, (value) => value * dice.uniform(8, 14));
  disturb(draft, dice.uniform(0.55, 0.7), 5, (value) => value * dice.uniform(4, 6));
  disturb(draft, dice.uniform(0.8, 0.92), 24, (value) => value * 0.05);
  return draft;
}

function machineTemperature(dice: Dice): Draft {
  let level = 0;
  const draft = regular(22_000, 5 * MINUTE_MS, (_row, timeMs) => {
    level = 0.995 * level + 0.4 * dice.normal();
    return 85 + level + 2 * Math.sin(2 * Math.PI * phaseOf(timeMs)) + 0.5 * dice.normal();
  });
  disturb(draft, dice.uniform(0.2, 0.3), 150, (value, step) => value - 35 * Math.sin((Math.PI * step) / 150));
  disturb(draft, dice.uniform(0.5, 0.6), 900, (value, step) => value - step * 0.03);
  disturb(draft, dice.uniform(0.85, 0.95), 200, (value, step) => value - 60 * Math.min(1, step / 60));
  return draft;
}

function demand(dice: Dice): Draft {
  const draft = regular(10_320, 30 * MINUTE_MS, (_row, timeMs) => {
    const weekday = Math.floor(timeMs / DAY_MS) % 7;
    const isWeekend = weekday === 2 || weekday === 3;
    const phase = phaseOf(timeMs);
    const shape = isWeekend
      ? 1 - 0.7 * Math.cos(2 * Math.PI * (phase - 0.12))
      : 1 - 0.8 * Math.cos(2 * Math.PI * (phase - 0.05)) + 0.3 * Math.exp(-(((phase - 0.35) / 0.06) ** 2));
    return Math.max(50, 15_000 * shape * (1 + 0.05 * dice.normal()));
  });
  for (const share of [0.42, 0.62, 0.75, 0.86])
    disturb(draft, share + dice.uniform(0, 0.04), 48, (value) => value * dice.uniform(0.45, 0.6));
  disturb(draft, 0.94, 60, (value) => value * 0.15);
  return draft;
}

function roadSensor(dice: Dice): Draft {
  const draft: Draft = { timestamps: [], values: [], anomalies: [] };
  let timeMs = START_MS;
  for (let row = 0; row < 2500; row += 1) {
    timeMs +=
      dice.uniform() < 0.01
        ? dice.uniform(30, 200) * MINUTE_MS
        : Math.ceil(dice.uniform(0.5, 2)) * 5 * MINUTE_MS;
    const phase = phaseOf(timeMs);
    const rush = Math.exp(-(((phase - 0.33) / 0.05) ** 2)) + Math.exp(-(((phase - 0.7) / 0.06) ** 2));
    draft.timestamps.push(timeMs);
    draft.values.push(Math.max(0, Math.round(70 - 12 * rush * dice.uniform(0.3, 1.3) + 4 * dice.normal())));
  }
  disturb(draft, dice.uniform(0.35, 0.5), 8, () => dice.uniform(18, 28));
  disturb(draft, dice.uniform(0.75, 0.9), 5, () => dice.uniform(8, 18));
  return draft;
}

function travelTime(dice: Dice): Draft {
  const draft: Draft = { timestamps: [], values: [], anomalies: [] };
  let timeMs = START_MS;
  for (let row = 0; row < 2200; row += 1) {
    timeMs += Math.ceil(dice.uniform(0.5, 3)) * 5 * MINUTE_MS;
    const phase = phaseOf(timeMs);
    const rush = Math.exp(-(((phase - 0.7) / 0.08) ** 2));
    draft.timestamps.push(timeMs);
    draft.values.push(Math.round(90 + 150 * rush * dice.uniform(0.2, 1.2) + 20 * dice.heavy(0.5)));
  }
  disturb(draft, dice.uniform(0.3, 0.45), 3, () => dice.uniform(1200, 2500));
  disturb(draft, dice.uniform(0.7, 0.9), 10, () => dice.uniform(900, 1500));
  return draft;
}

function mentions(dice: Dice): Draft {
  const mean = dice.uniform(3, 40);
  const draft = regular(15_840, 5 * MINUTE_MS, (_row, timeMs) => {
    const day = 1 + 0.6 * Math.sin(2 * Math.PI * phaseOf(timeMs));
    const burst = dice.uniform() < 0.01 ? dice.heavy(0.5) * 3 : 1;
    return Math.max(0, Math.round(mean * day * burst + Math.sqrt(mean) * 1.5 * dice.normal()));
  });
  for (const share of [0.25, 0.5, 0.75]) {
    const height = mean * dice.uniform(15, 60);
    disturb(draft, share + dice.uniform(0, 0.15), 60, (value, step) =>
      Math.round(value + height * Math.exp(-step / 15) * dice.uniform(0.7, 1.3)),
    );
  }
  return draft;
}

function squareDay(dice: Dice, shape: (draft: Draft) => void): Draft {
  const draft = regular(4032, 5 * MINUTE_MS, (_row, timeMs) => {
    const phase = phaseOf(timeMs);
    return (phase > 0.38 && phase < 0.75 ? 80 : 20) + dice.uniform(-5, 5);
  });
  shape(draft);
  return draft;
}

function sineDay(dice: Dice): Draft {
  return regular(
    4032,
    5 * MINUTE_MS,
    (_row, timeMs) => 50 - 40 * Math.cos(2 * Math.PI * phaseOf(timeMs)) + dice.uniform(-3, 3),
  );
}

function spikeTrain(dice: Dice): Draft {
  const draft = regular(4032, 5 * MINUTE_MS, () =>
    dice.uniform() < 0.03 ? 20 + dice.uniform(-2, 2) : dice.uniform(0, 1),
  );
  disturb(draft, dice.uniform(0.6, 0.8), 120, (value) => (dice.uniform() < 0.5 ? 20 : value));
  return draft;
}

const DAY_ROWS = 288;

const MAKERS: Readonly<Record<string, readonly Maker[]>> = {
  server: [
    busyServer,
    idleServer,
    networkIn,
    requestLatency,
    busyServer,
    idleServer,
    networkIn,
    requestLatency,
  ],
  cost: [exchangeCost, exchangeCost, exchangeCost],
  machine: [machineTemperature, demand, machineTemperature],
  road: [roadSensor, travelTime, roadSensor, travelTime],
  mentions: [mentions, mentions, mentions, mentions],
  shapes: [
    (dice) =>
      squareDay(dice, (draft) => {
        disturb(draft, 0.715, 107, (value) => value + 60);
      }),
    (dice) =>
      squareDay(dice, (draft) => {
        disturb(draft, 0.742, 107, (value) => value - 60);
      }),
    (dice) =>
      squareDay(dice, (draft) => {
        disturb(draft, 0.742, 107, () => 20 + dice.uniform(-5, 5));
      }),
    (dice) => {
      const draft = sineDay(dice);
      disturb(draft, 0.7, DAY_ROWS, () => 50);
      return draft;
    },
    spikeTrain,
    (dice) => regular(4032, 5 * MINUTE_MS, () => 50 + dice.uniform(-3, 3)),
    (dice) => squareDay(dice, () => undefined),
    sineDay,
    () => regular(4032, 5 * MINUTE_MS, () => 45),
  ],
};

/** The windows share a tenth of the series, each around the row where its anomaly begins. */
function windowsOf({ values, anomalies }: Draft): [number, number][] {
  const half = Math.floor((0.1 * values.length) / Math.max(1, anomalies.length) / 2);
  return anomalies.map((row) => [Math.max(0, row - half), Math.min(values.length - 1, row + half)]);
}

export function seriesCorpus(seed: number): LabelledSeries[] {
  const corpus: LabelledSeries[] = [];
  for (const [kind, makers] of Object.entries({ ...MAKERS, ...MORE_MAKERS })) {
    for (const [index, make] of makers.entries()) {
      const draft = make(diceOf(seed * 1009 + corpus.length * 31 + 7));
      corpus.push({
        name: `${kind}-${index}`,
        timestamps: draft.timestamps,
        values: draft.values,
        windows: windowsOf(draft),
      });
    }
  }
  return corpus;
}
