/** QUIC measurements made by hand: each row one handshake, the rest what a record has anyway. */
import { Measurement, TEST_NAMES } from '../../probes/measurement.ts';
import { TAG_HARMLESS, TAG_PAIRED } from '../../probes/observations.ts';

export const QUIC_ADDRESS = '192.0.2.1:443';
export const QUIC_TIMEOUT = 'generic_timeout_error';

const TAGS = { target: [], harmless: [TAG_HARMLESS], paired: [TAG_PAIRED] } as const;

export type QuicRole = keyof typeof TAGS;

export interface QuicRow {
  readonly address: string;
  readonly server_name: string;
  readonly failure: string | null;
  readonly tags: readonly string[];
}

/** A handshake with `<role>.test`; the paired host has an address of its own. */
export function quicRow(role: QuicRole, failure: string | null, address?: string) {
  const usual = role === 'paired' ? '198.51.100.7:443' : QUIC_ADDRESS;
  return {
    network: 'udp',
    address: address ?? usual,
    server_name: `${role}.test`,
    failure,
    no_tls_verify: role === 'harmless',
    tags: [...TAGS[role]],
    t0: 0,
    t: 3.3,
    transaction_id: 1,
  };
}

/** Silent twice, with a harmless name that is answered each time. */
export function silentName(failure: string | null = null): QuicRow[] {
  const pair = [quicRow('target', QUIC_TIMEOUT), quicRow('harmless', failure)];
  return [...pair, ...pair];
}

/** The control's answer: QUIC with the usual address. `undefined`: it could not try. */
export function quicControl(quic: { status: boolean; failure: string | null } | undefined) {
  return {
    x_aiqyn_control_source: 'live',
    control_failure: null,
    control: {
      http_request: { status_code: 200, failure: null },
      ...(quic === undefined ? {} : { x_aiqyn_quic_handshake: { [QUIC_ADDRESS]: quic } }),
    },
  };
}

export const CONTROL_REACHES = quicControl({ status: true, failure: null });
export const CONTROL_FAILS = {
  x_aiqyn_control_source: 'none',
  control: null,
  control_failure: 'http_request_failed',
};
const NO_CONTROL = { x_aiqyn_control_source: 'none', control: null, control_failure: null };

/** The handshake over TCP with the usual address, under the target's name. */
export function overTcp(failure: string | null) {
  return { tls_handshakes: [{ address: QUIC_ADDRESS, server_name: 'target.test', failure, t0: 0, t: 1 }] };
}

/** Without a control where `keys` bring none. */
export function quicMeasurement(rows: readonly QuicRow[], keys: object = {}, more: object = {}): Measurement {
  return Measurement.parse({
    measurement_start_time: '2026-03-14 07:00:00',
    test_name: TEST_NAMES.quic,
    input: 'quic://target.test:443',
    test_keys: { ...NO_CONTROL, ...keys, quic_handshakes: rows },
    ...more,
  });
}
