/**
 * The end of the uplink: archive first, then verdict, then store. It resolves when all of a batch is durable in both, so a
 * spool may forget it; done twice it changes nothing.
 */
import { OwnMeasurement, RingsTestKeys } from '../../probes/measurement.ts';
import type { Clock } from '../../probes/probe.ts';
import type { Connectivity } from '../../probes/words.ts';
import type { SpoolEntry, Uplink, VantageState } from '../agent/spool.ts';
import type { Heartbeat, ReachabilityPoint } from '../analysis/detect/point.ts';
import type { Verdict } from '../analysis/verdict/verdict.ts';
import type { Archive } from '../archive/archive.ts';
import type { Log } from '../log.ts';
import type { Store } from '../store/store.ts';
import type { Quarantine } from './quarantine.ts';

/** Records of several vantages that one write takes. */
const GROUP_RECORDS_MAX = 1_000;

export interface IngestOptions {
  readonly archive: Pick<Archive, 'append'>;
  readonly store: Pick<Store, 'writePoints' | 'writeHeartbeats'>;
  readonly judge: (measurement: OwnMeasurement) => Verdict;
  readonly toPoint: (measurement: OwnMeasurement, verdict: Verdict) => ReachabilityPoint;
  readonly connectivityOf: (checks: RingsTestKeys['x_aiqyn_ring_checks']) => Connectivity | null;
  readonly quarantine: Quarantine;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly log: Log;
  /** After both are durable; late (backfilled) ones too. */
  readonly onStored: (points: readonly ReachabilityPoint[], heartbeats: readonly Heartbeat[]) => void;
}

/** Of a batch: how many of its records were new, and how many the archive had. */
export interface Kept {
  readonly stored: number;
  readonly repeated: number;
}

/** Takes what comes late and by hand: it says nothing of how its vantage is now. */
export interface CarriedIntake {
  /** As `deliver`, but that the state is no heartbeat. */
  take(batch: readonly SpoolEntry[], state: VantageState): Promise<Kept>;
}

export interface Ingest extends Uplink, CarriedIntake {
  /** Since the start. `repeated`: delivered again after a lost acknowledgement. */
  counts(): { readonly stored: number; readonly repeated: number; readonly quarantined: number };
}

/** `deliver` rejects when archive or store refuse (EnvironmentError); a measurement that cannot be read is set aside. */
export function createIngest(options: IngestOptions): Ingest {
  return new StoringIngest(options);
}

/** One batch that waits for the disk. */
interface Delivery {
  readonly measurements: readonly OwnMeasurement[];
  readonly state: VantageState;
  readonly receivedAtMs: number;
  /** Whether the state is a heartbeat of its own. */
  readonly isBeat: boolean;
  readonly resolve: (kept: Kept) => void;
  readonly reject: (error: Error) => void;
}

class StoringIngest implements Ingest {
  readonly #options: IngestOptions;
  /** As many as there are vantages: each sends its next batch once this one is answered. */
  readonly #waiting: Delivery[] = [];
  #isStoring = false;
  readonly #counts = { stored: 0, repeated: 0, quarantined: 0 };

  constructor(options: IngestOptions) {
    this.#options = options;
  }

  counts(): { readonly stored: number; readonly repeated: number; readonly quarantined: number } {
    return { ...this.#counts };
  }

  async deliver(batch: readonly SpoolEntry[], state: VantageState): Promise<void> {
    await this.#enqueue(batch, state, true);
  }

  async take(batch: readonly SpoolEntry[], state: VantageState): Promise<Kept> {
    return this.#enqueue(batch, state, false);
  }

  async #enqueue(batch: readonly SpoolEntry[], state: VantageState, isBeat: boolean): Promise<Kept> {
    const receivedAtMs = this.#options.clock.nowMs();
    const measurements = await this.#readable(batch);
    return new Promise<Kept>((resolve, reject) => {
      this.#waiting.push({ measurements, state, receivedAtMs, isBeat, resolve, reject });
      if (!this.#isStoring) void this.#storeWaiting();
    });
  }

  /** What came from other vantages while the disk was busy shares its next write. */
  async #storeWaiting(): Promise<void> {
    this.#isStoring = true;
    while (this.#waiting.length > 0) await this.#storeTogether(this.#nextGroup());
    this.#isStoring = false;
  }

  #nextGroup(): Delivery[] {
    let records = 0;
    const end = this.#waiting.findIndex(({ measurements }) => {
      records += measurements.length;
      return records > GROUP_RECORDS_MAX;
    });
    return this.#waiting.splice(0, end === -1 ? this.#waiting.length : Math.max(1, end));
  }

  /** Where a group is refused, each is tried by itself: what one vantage sent must not hold up the others. */
  async #storeTogether(group: readonly Delivery[]): Promise<void> {
    let added: ReadonlySet<string>;
    try {
      added = await this.#store(group);
    } catch (error) {
      const [first, ...others] = group;
      if (others.length === 0) first?.reject(error instanceof Error ? error : new Error(String(error)));
      else for (const one of group) await this.#storeTogether([one]);
      return;
    }
    for (const { measurements, resolve } of group) {
      const stored = measurements.filter(({ x_aiqyn_id: id }) => added.has(id)).length;
      resolve({ stored, repeated: measurements.length - stored });
    }
  }

  /** The ids that the archive did not have. */
  async #store(group: readonly Delivery[]): Promise<ReadonlySet<string>> {
    const { archive, store, onStored } = this.#options;
    const measurements = group.flatMap((delivery) => delivery.measurements);
    const { added } = measurements.length > 0 ? await archive.append(measurements) : { added: [] };
    this.#counts.stored += added.length;
    this.#counts.repeated += measurements.length - added.length;
    const points: ReachabilityPoint[] = [];
    const heartbeats: Heartbeat[] = [];
    for (const delivery of group) await this.#judge(delivery, points, heartbeats);
    if (points.length > 0) await store.writePoints(points);
    await store.writeHeartbeats(heartbeats);
    onStored(points, heartbeats);
    return new Set(added);
  }

  async #judge(
    { measurements, state, receivedAtMs, isBeat }: Delivery,
    points: ReachabilityPoint[],
    heartbeats: Heartbeat[],
  ): Promise<void> {
    for (const measurement of measurements) {
      if (measurement.x_aiqyn_target.probe === 'rings') {
        const heartbeat = this.#heartbeatOf(measurement, state, receivedAtMs);
        if (heartbeat !== null) heartbeats.push(heartbeat);
      } else {
        const point = await this.#pointOf(measurement);
        if (point !== null) points.push(point);
      }
    }
    if (isBeat && state.hasNoHeartbeat !== true)
      heartbeats.push({
        ...tagsOf(state),
        atMs: state.atMs,
        connectivity: state.connectivity,
        receivedAtMs,
      });
  }

  async #readable(batch: readonly SpoolEntry[]): Promise<OwnMeasurement[]> {
    const found: OwnMeasurement[] = [];
    for (const { measurement } of batch) {
      const parsed = OwnMeasurement.safeParse(measurement);
      if (parsed.success) {
        found.push(parsed.data);
        continue;
      }
      this.#counts.quarantined += 1;
      const [issue] = parsed.error.issues;
      const reason = `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'unreadable'}`;
      await this.#options.quarantine(measurement, reason);
    }
    return found;
  }

  /** The archive has it already: a measurement that cannot be judged now can be judged by a later version. */
  async #pointOf(measurement: OwnMeasurement): Promise<ReachabilityPoint | null> {
    const { judge, toPoint, log, quarantine } = this.#options;
    try {
      return toPoint(measurement, judge(measurement));
    } catch (error) {
      this.#counts.quarantined += 1;
      log.error({ id: measurement.x_aiqyn_id, error: String(error) }, 'A measurement could not be judged.');
      await quarantine(measurement, `judge: ${String(error)}`);
      return null;
    }
  }

  #heartbeatOf(rings: OwnMeasurement, state: VantageState, receivedAtMs: number): Heartbeat | null {
    const isNone =
      rings.x_aiqyn_abort !== undefined ||
      rings.x_aiqyn_other_network !== undefined ||
      state.hasNoHeartbeat === true;
    if (isNone) return null;
    const keys = RingsTestKeys.safeParse(rings.test_keys);
    const connectivity = keys.success ? this.#options.connectivityOf(keys.data.x_aiqyn_ring_checks) : null;
    if (connectivity === null) return null;
    const { id: vantage, operator, place, access } = rings.x_aiqyn_vantage;
    const { spoolDepth, clockOffsetMs } = state;
    const atMs = rings.x_aiqyn_started_at_ms;
    return { vantage, operator, place, access, atMs, connectivity, receivedAtMs, spoolDepth, clockOffsetMs };
  }
}

function tagsOf({ vantage, spoolDepth, clockOffsetMs }: VantageState) {
  const { id, operator, place, access } = vantage;
  return { vantage: id, operator, place, access, spoolDepth, clockOffsetMs };
}
