/**
 * Many vantages with a key each that send to a collector what measurements look like. Who loads a collector has no probes, so
 * that what is measured is the collector.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../../probes/net/clock.ts';
import { openWay } from '../../probes/net/post-json.ts';
import type { Way } from '../../probes/net/post-json.ts';
import type { OwnMeasurement, VantageTag } from '../../probes/measurement.ts';
import { openChainFile } from '../../src/agent/chain-file.ts';
import { createRemoteUplink } from '../../src/agent/remote-uplink.ts';
import type { Uplink } from '../../src/agent/spool.ts';
import { createIds } from '../../src/agent/uuid.ts';
import { openFleetBook } from '../../src/collector/fleet-book.ts';
import { createIdentity } from '../../src/fleet/identity.ts';
import type { Identity } from '../../src/fleet/identity.ts';
import { silentLog } from './silent-log.ts';

const OPERATORS = ['AS9198', 'AS29355', 'AS21299', 'AS48503'] as const;
const PLACES = ['almaty', 'astana', 'shymkent', 'aktau', 'zhanaozen'] as const;

export interface EnrolledVantage {
  readonly vantage: VantageTag;
  readonly identity: Identity;
  /** Its key, as an agent keeps it. */
  readonly pem: string;
}

/** In the collector's book, which may be open in a running collector. */
export async function enrolMany(collectorDir: string, count: number): Promise<EnrolledVantage[]> {
  const book = await openFleetBook(collectorDir);
  const enrolled: EnrolledVantage[] = [];
  for (let number = 0; number < count; number += 1) {
    const vantage: VantageTag = {
      id: `load-${number}`,
      operator: OPERATORS[number % OPERATORS.length] ?? OPERATORS[0],
      place: PLACES[number % PLACES.length] ?? PLACES[0],
      access: number % 2 === 0 ? 'fixed' : 'mobile',
    };
    const { identity, pem } = createIdentity();
    await book.enrol(await book.expect(vantage, Date.now()), identity.publicKey, Date.now());
    enrolled.push({ vantage, identity, pem });
  }
  return enrolled;
}

export interface Sender {
  readonly vantage: VantageTag;
  readonly uplink: Uplink;
}

/** The uplink of an agent, whose spool would be in `folder`. `way` may be shared. */
export async function senderOf(
  { vantage, identity }: Pick<EnrolledVantage, 'vantage' | 'identity'>,
  collector: string,
  folder: string,
  way: Way = openWay({}),
): Promise<Sender> {
  const spoolDir = join(folder, vantage.id);
  await mkdir(spoolDir, { recursive: true });
  const uplink = createRemoteUplink({
    collectors: [collector],
    identity,
    chain: await openChainFile(spoolDir, identity.keyId, silentLog),
    send: way.send,
    clock: systemClock(),
    log: silentLog,
    signal: new AbortController().signal,
  });
  return { vantage, uplink };
}

const nextId = createIds();

/** The same measurement by another vantage at another time. */
export function again(pattern: OwnMeasurement, vantage: VantageTag, atMs: number): OwnMeasurement {
  return {
    ...pattern,
    x_aiqyn_id: nextId(atMs),
    x_aiqyn_started_at_ms: atMs,
    x_aiqyn_vantage: vantage,
  };
}
