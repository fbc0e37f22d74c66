/** A vantage and a collector's door in one process: a real book on disk, records that are only counted. */
import type { OwnMeasurement } from '../../probes/measurement.ts';
import type { SpoolEntry, Uplink, VantageState } from '../../src/agent/spool.ts';
import { openCarriedBook } from '../../src/collector/carried-book.ts';
import type { CarriedBook } from '../../src/collector/carried-book.ts';
import { createCarriedReception } from '../../src/collector/carried-reception.ts';
import type { CarriedReception } from '../../src/collector/carried-reception.ts';
import { openFleetBook } from '../../src/collector/fleet-book.ts';
import type { FleetBook } from '../../src/collector/fleet-book.ts';
import type { CarriedIntake } from '../../src/collector/ingest.ts';
import { createReception } from '../../src/collector/reception.ts';
import type { Reception } from '../../src/collector/reception.ts';
import { sealBatch } from '../../src/fleet/batch.ts';
import type { ChainPosition, SealedBatch } from '../../src/fleet/batch.ts';
import { CHAIN_START } from '../../src/fleet/chain.ts';
import { createIdentity } from '../../src/fleet/identity.ts';
import type { Identity } from '../../src/fleet/identity.ts';
import { VANTAGE, webMeasurement } from './agent-records.ts';

export const NOW_MS = Date.UTC(2026, 2, 1, 12);
export const SPOOL = '00000000000000aa';
export const FIRST: ChainPosition = { number: 0, head: CHAIN_START, last: 0 };

export function aState(changes: Partial<VantageState> = {}): VantageState {
  return {
    vantage: VANTAGE,
    atMs: NOW_MS,
    connectivity: 'online',
    spoolDepth: 0,
    clockOffsetMs: 0,
    ...changes,
  };
}

export function entriesFrom(first: number, count: number): SpoolEntry[] {
  return Array.from({ length: count }, (_, index) => ({
    sequence: first + index,
    measurement: webMeasurement({ atMs: NOW_MS + index * 1_000 }),
  }));
}

/** What was delivered to archive and store, in order. */
export interface CountingUplink extends Uplink, CarriedIntake {
  readonly measurements: OwnMeasurement[];
  readonly states: VantageState[];
  /** What the next delivery is refused with. */
  refuseWith: Error | null;
}

export function countingUplink(): CountingUplink {
  const uplink: CountingUplink = {
    measurements: [],
    states: [],
    refuseWith: null,
    async deliver(batch, state) {
      if (uplink.refuseWith !== null) throw uplink.refuseWith;
      uplink.measurements.push(...batch.map(({ measurement }) => measurement));
      uplink.states.push(state);
      return Promise.resolve();
    },
    async take(batch) {
      if (uplink.refuseWith !== null) throw uplink.refuseWith;
      const here = new Set(uplink.measurements.map(({ x_aiqyn_id: id }) => id));
      const fresh = batch.map(({ measurement }) => measurement).filter((one) => !here.has(one.x_aiqyn_id));
      uplink.measurements.push(...fresh);
      return Promise.resolve({ stored: fresh.length, repeated: batch.length - fresh.length });
    },
  };
  return uplink;
}

export interface Door {
  readonly book: FleetBook;
  readonly carried: CarriedBook;
  readonly reception: Reception;
  readonly carriedReception: CarriedReception;
  readonly uplink: CountingUplink;
  readonly identity: Identity;
}

/** With one enrolled vantage. */
export async function openDoor(folder: string, uplink = countingUplink()): Promise<Door> {
  const book = await openFleetBook(folder);
  const { identity } = createIdentity();
  await book.enrol(await book.expect(VANTAGE, NOW_MS), identity.publicKey, NOW_MS);
  const carried = await openCarriedBook(folder);
  const clock = { nowMs: () => NOW_MS };
  const reception = createReception({ book, carried, uplink, clock });
  const carriedReception = createCarriedReception({ book, carried, intake: uplink, clock });
  return { book, carried, reception, carriedReception, uplink, identity };
}

/** The position after a batch, as its vantage knows it. */
export function after({ header: { number, head, last } }: SealedBatch): ChainPosition {
  return { number, head, last };
}

export async function aBatch(
  identity: Identity,
  options: {
    readonly entries?: readonly SpoolEntry[];
    readonly after?: ChainPosition;
    readonly state?: Partial<VantageState>;
    readonly spool?: string;
  } = {},
): Promise<SealedBatch> {
  return sealBatch(options.entries ?? entriesFrom(1, 3), aState(options.state), {
    identity,
    spool: options.spool ?? SPOOL,
    after: options.after ?? FIRST,
  });
}
