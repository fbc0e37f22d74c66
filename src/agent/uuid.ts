/** UUIDv7 (RFC 9562) from a given instant, so that ids made in scenario time sort by scenario time. */
import { randomBytes } from 'node:crypto';
import { V7Generator } from 'uuidv7';

/**
 * Ids grow with each call, also within one millisecond. `nowMs` is UTC epoch milliseconds.
 * The random part is never seeded: two runs of one vantage must not repeat an id.
 */
export function createIds(): (nowMs: number) => string {
  const generator = new V7Generator({ nextUint32: () => randomBytes(4).readUInt32BE() });
  return (nowMs) => generator.generateOrResetWithTs(Math.floor(nowMs)).toString();
}
