/** Transfers in the order in which they were made: whose page, how long it took, how fast it came. */
import type { ThroughputTestKeys, Transfer } from '../../../probes/measurement.ts';
import { rateOf } from '../../analysis/verdict/throughput.ts';
import { failureText, NOT_ASKED } from './words.ts';

const ROLES: Readonly<Record<Transfer['role'], string>> = {
  target: 'the page',
  paired: 'the page it is compared with',
  same_address: 'the same server under a harmless name',
};

function rateText(bytesPerSecond: number): string {
  return `${(bytesPerSecond / 1_000).toFixed(1)} kB/s`;
}

function hereText(transfer: Transfer): string {
  const rate = rateOf(transfer);
  const [, bytes] = transfer.samples.at(-1) ?? [0, 0];
  const came = rate === null ? `${bytes} bytes` : `${bytes} bytes at ${rateText(rate)}`;
  if (transfer.failure === null) return came;
  return bytes === 0 ? failureText(transfer.failure) : `${came}, then ${failureText(transfer.failure)}`;
}

export function transferRows(keys: ThroughputTestKeys): readonly (readonly string[])[] {
  const outside = keys.control?.http_request?.['x_aiqyn_bytes_per_s'];
  return keys.x_aiqyn_throughput.map((transfer) => [
    `fetch ${transfer.url} as ${transfer.host} (${ROLES[transfer.role]})`,
    transfer.samples.at(-1)?.[0].toFixed(0) ?? '',
    hereText(transfer),
    transfer.role === 'target' && typeof outside === 'number' ? rateText(outside) : NOT_ASKED,
  ]);
}
