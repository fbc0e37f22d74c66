/** The numbers of a report, counted from measurements and their verdicts: the maker and the checker count with the same code. */
import { z } from 'zod';
import { readWebTestKeys } from '../../probes/measurement.ts';
import type { OwnMeasurement } from '../../probes/measurement.ts';
import { STATUSES } from '../analysis/verdict/verdict.ts';
import type { Status, Verdict } from '../analysis/verdict/verdict.ts';

const Count = z.int().nonnegative();
const Counts = z.record(z.enum(STATUSES), Count);
const Instant = z.number().nullable();

export const Figures = z.strictObject({
  measurements: Count,
  controls: Count,
  /** Of the measurements: those that say in themselves what a control saw at the same time. */
  compared: Count,
  byStatus: Counts,
  /** First and last measurement that was neither `ok` nor our own trouble. */
  firstTroubleMs: Instant,
  lastTroubleMs: Instant,
  networks: z.array(
    z.strictObject({
      operator: z.string(),
      place: z.string(),
      access: z.string(),
      vantages: Count,
      measurements: Count,
      byStatus: Counts,
    }),
  ),
  rules: z.array(z.strictObject({ rule: z.string(), measurements: Count })),
});
export type Figures = z.output<typeof Figures>;

const TROUBLE: ReadonlySet<Status> = new Set(['blocked', 'throttled', 'intercepted', 'tampered']);

function noCounts(): Record<Status, number> {
  return {
    ok: 0,
    blocked: 0,
    throttled: 0,
    intercepted: 0,
    tampered: 0,
    down: 0,
    offline: 0,
    inconclusive: 0,
  };
}

interface Network {
  readonly tags: Pick<OwnMeasurement['x_aiqyn_vantage'], 'operator' | 'place' | 'access'>;
  readonly vantages: Set<string>;
  readonly byStatus: Record<Status, number>;
  measurements: number;
}

/** Memory grows with networks, vantages and rules, not with measurements. */
export class Counting {
  #measurements = 0;
  #controls = 0;
  #compared = 0;
  #firstTroubleMs: number | null = null;
  #lastTroubleMs: number | null = null;
  readonly #byStatus = noCounts();
  readonly #networks = new Map<string, Network>();
  readonly #rules = new Map<string, number>();

  add(measurement: OwnMeasurement, { status, rule }: Verdict): void {
    this.#measurements += 1;
    this.#byStatus[status] += 1;
    this.#rules.set(rule, (this.#rules.get(rule) ?? 0) + 1);
    if (readWebTestKeys(measurement.test_keys)?.x_aiqyn_control_source === 'live') this.#compared += 1;
    if (TROUBLE.has(status)) this.#trouble(measurement.x_aiqyn_started_at_ms);
    const network = this.#networkOf(measurement);
    network.vantages.add(measurement.x_aiqyn_vantage.id);
    network.measurements += 1;
    network.byStatus[status] += 1;
  }

  addControl(): void {
    this.#controls += 1;
  }

  figures(): Figures {
    const networks = [...this.#networks].sort(([a], [b]) => (a < b ? -1 : 1));
    const rules = [...this.#rules].sort(([a], [b]) => (a < b ? -1 : 1));
    return {
      measurements: this.#measurements,
      controls: this.#controls,
      compared: this.#compared,
      byStatus: { ...this.#byStatus },
      firstTroubleMs: this.#firstTroubleMs,
      lastTroubleMs: this.#lastTroubleMs,
      networks: networks.map(([, { tags, vantages, measurements, byStatus }]) => ({
        ...tags,
        vantages: vantages.size,
        measurements,
        byStatus: { ...byStatus },
      })),
      rules: rules.map(([rule, measurements]) => ({ rule, measurements })),
    };
  }

  #trouble(atMs: number): void {
    this.#firstTroubleMs = Math.min(atMs, this.#firstTroubleMs ?? atMs);
    this.#lastTroubleMs = Math.max(atMs, this.#lastTroubleMs ?? atMs);
  }

  #networkOf({ x_aiqyn_vantage: { operator, place, access } }: OwnMeasurement): Network {
    const key = JSON.stringify([operator, place, access]);
    const known = this.#networks.get(key);
    if (known !== undefined) return known;
    const tags = { operator, place, access };
    const fresh = { tags, vantages: new Set<string>(), byStatus: noCounts(), measurements: 0 };
    this.#networks.set(key, fresh);
    return fresh;
  }
}
