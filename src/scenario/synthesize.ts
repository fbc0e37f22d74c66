/**
 * Measurements of a world that does not exist, in the format of those that do: OONI's observations with control, paired
 * harmless handshake and retries inside the measurement. The judge cannot tell them from a probe's.
 */
import { CONTROL_SOURCES } from '../../probes/measurement.ts';
import type { OwnMeasurement } from '../../probes/measurement.ts';
import type { Platform } from '../../probes/words.ts';
import type { Fate } from './fate.ts';
import { addressOf, BODY_BYTES, chainOf, SITE_ASN, Stopwatch, TIMEOUT, urlOf, walk } from './steps.ts';
import type { Steps } from './steps.ts';
import type { ScenarioVantage } from './world.ts';

export interface SynthesisInput {
  readonly id: string;
  readonly atMs: number;
  readonly retest: number;
  readonly vantage: ScenarioVantage;
  readonly platform: Platform;
  readonly fate: Fate;
  readonly latencyMs: readonly [number, number];
  /** 0 ≤ x < 1; decides the timings and nothing else. */
  readonly random: () => number;
  /** Certificates (DER, base64) by the interceptor's id. */
  readonly certificates: ReadonlyMap<string, string>;
}

const CONTROL_LIVE = CONTROL_SOURCES[0];
const CONTROL_NONE = CONTROL_SOURCES[2];

function controlOf(host: string, platform: Platform, fate: Fate): object {
  if (!fate.isControlUp) {
    return { control: null, control_failure: TIMEOUT, x_aiqyn_control_source: CONTROL_NONE };
  }
  const ip = addressOf(platform);
  const isPlain = fate.block === 'blockpage';
  const port = isPlain ? 80 : 443;
  const tls = { status: true, failure: null, x_aiqyn_chain_sha256: [chainOf(host)] };
  const page = { body_length: BODY_BYTES, title: `${platform} front page`, status_code: 200, headers: {} };
  const failed = { body_length: -1, title: '', status_code: -1, failure: TIMEOUT, headers: {} };
  return {
    control: {
      dns: { failure: null, addrs: [ip] },
      tcp_connect: { [`${ip}:${port}`]: { status: !fate.isDown, failure: fate.isDown ? TIMEOUT : null } },
      tls_handshake: fate.isDown || isPlain ? {} : { [`${ip}:443`]: tls },
      http_request: fate.isDown ? failed : { ...page, failure: null },
      ip_info: { [ip]: { asn: SITE_ASN } },
    },
    control_failure: null,
    x_aiqyn_control_source: CONTROL_LIVE,
  };
}

/** One run of the `web` probe with this fate. The same input with the same random source gives the same measurement. */
export function synthesize(input: SynthesisInput): OwnMeasurement {
  const { vantage, platform, fate, certificates } = input;
  const host = `www.${platform}.example`;
  const watch = new Stopwatch(input.latencyMs, input.random);
  const steps: Steps = { queries: [], tcp_connect: [], tls_handshakes: [], requests: [] };
  walk({ fate, platform, host, watch, certificates, steps });
  const startedAt = new Date(input.atMs).toISOString().replace('T', ' ').slice(0, 19);
  return {
    data_format_version: '0.2.0',
    input: urlOf(host, fate.block === 'blockpage'),
    measurement_start_time: startedAt,
    test_start_time: startedAt,
    probe_asn: vantage.operator,
    probe_cc: 'KZ',
    probe_ip: '127.0.0.1',
    report_id: '',
    software_name: 'aiqyn',
    software_version: 'replay',
    test_name: 'web_connectivity',
    test_version: '1',
    test_runtime: watch.step(0).t,
    test_helpers: {},
    test_keys: { ...steps, network_events: [], ...controlOf(host, platform, fate) },
    x_aiqyn_id: input.id,
    x_aiqyn_started_at_ms: input.atMs,
    x_aiqyn_vantage: { ...vantage },
    x_aiqyn_target: { id: `${platform}-replay`, platform, probe: 'web', depth: 'full' },
    x_aiqyn_retest: input.retest,
    x_aiqyn_connectivity: fate.network,
  };
}
