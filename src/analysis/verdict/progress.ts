/**
 * A body's progress: df-008's `bytes_received_cumulative` samples per connection.
 * A rate is only stated where it can be told from a short page: enough seconds of receiving.
 */
import type { WebTestKeys } from '../../../probes/measurement.ts';
import { parsePlace, placeKey } from './address.ts';

/** Under this many seconds of receiving nothing is said of speed. */
export const RATE_SECONDS_MIN = 5;

/** Bytes per second by `transaction|ip:port`, of what was received for `secondsMin` or longer. */
export function bodyRates(keys: WebTestKeys, secondsMin = RATE_SECONDS_MIN): ReadonlyMap<string, number> {
  const spans = new Map<string, { bytes: number; from: number; to: number }>();
  for (const event of keys.network_events) {
    const place = parsePlace(event.address);
    if (event.operation !== 'bytes_received_cumulative' || event.t === null) continue;
    const key = `${event.transaction_id}|${place === null ? '' : placeKey(place.ip, place.port)}`;
    const span = spans.get(key) ?? { bytes: 0, from: event.t, to: event.t };
    spans.set(key, {
      bytes: Math.max(span.bytes, event.num_bytes),
      from: Math.min(span.from, event.t),
      to: Math.max(span.to, event.t),
    });
  }
  const rates = new Map<string, number>();
  for (const [key, { bytes, from, to }] of spans) {
    if (to - from >= secondsMin) rates.set(key, bytes / (to - from));
  }
  return rates;
}
