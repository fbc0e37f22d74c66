/** QUIC handshakes of a measurement as rows of its table, in the order in which they began. */
import type { QuicTestKeys } from '../../../probes/measurement.ts';
import { TAG_HARMLESS, TAG_PAIRED } from '../../../probes/observations.ts';
import type { TlsHandshake } from '../../../probes/observations.ts';
import { outcome, seenOutside, timedRow } from './page.ts';
import type { TimedRow } from './page.ts';
import { NOT_ASKED } from './words.ts';

function whoseName({ tags }: TlsHandshake): string {
  if (tags.includes(TAG_HARMLESS)) return ' (harmless name)';
  return tags.includes(TAG_PAIRED) ? ' (another host)' : '';
}

export function quicRows(keys: QuicTestKeys): readonly TimedRow[] {
  return keys.quic_handshakes.map((handshake) => {
    const whose = whoseName(handshake);
    const control = whose === '' ? keys.control?.x_aiqyn_quic_handshake?.[handshake.address] : undefined;
    const completed = handshake.no_tls_verify ? 'answered' : 'completed, certificate good';
    return timedRow(
      handshake,
      `QUIC handshake with ${handshake.address} as ${handshake.server_name}${whose}`,
      outcome(handshake.failure, completed),
      control === undefined ? NOT_ASKED : seenOutside(control.status, control.failure, 'completed'),
    );
  });
}
