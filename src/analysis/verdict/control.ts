/** What the control saw, reduced to what rules ask of it. */
import type { ControlSource, WebTestKeys } from '../../../probes/measurement.ts';
import type { Control } from '../../../probes/observations.ts';
import type { ControlPage, ControlView } from './evidence.ts';
import { headerNamesOf, headerOf } from './headers.ts';

const UNASKED: ControlView = {
  kind: 'unasked',
  live: false,
  nameMissing: false,
  failure: null,
  addresses: [],
  page: null,
  tcp: new Map(),
  tls: new Map(),
  chains: new Map(),
  signers: new Set(),
};
const SILENT: ControlView = { ...UNASKED, kind: 'silent' };

/** OONI's test helper says `dns_name_error` for a name that does not exist; our own says it in the probe's word. */
const NAME_MISSING = new Set(['dns_name_error', 'dns_nxdomain_error']);

export function viewControl(keys: WebTestKeys): ControlView {
  const source = keys.x_aiqyn_control_source ?? 'live';
  if (source === 'none' && keys.control_failure === null) return UNASKED;
  const control = answerOf(keys, source);
  return control === null ? SILENT : viewAnswer(control, source === 'live');
}

/** Null where it failed. A remembered answer stands in for a control that did, and says so itself. */
function answerOf({ control, control_failure }: WebTestKeys, source: ControlSource): Control | null {
  if (source === 'none' || (source === 'live' && control_failure !== null)) return null;
  return control;
}

function viewAnswer(control: Control, live: boolean): ControlView {
  const tls = handshakesOf(control);
  const tcp = new Map(Object.entries(control.tcp_connect).map(([place, seen]) => [place, seen.status]));
  const reach = reachOf(control, tcp, tls);
  if (reach === null) return SILENT;
  return {
    kind: reach.reached ? 'reached' : 'failed',
    live,
    nameMissing: NAME_MISSING.has(control.dns?.failure ?? ''),
    failure: reach.failure,
    addresses: control.dns?.addrs ?? [],
    page: pageOf(control),
    tcp,
    tls,
    chains: chainsOf(control),
    signers: signersOf(control),
  };
}

/** Null for a handshake that the control's machine could verify. */
function handshakesOf(control: Control): Map<string, string | null> {
  return new Map(
    Object.entries(control.tls_handshake).map(([place, seen]) => [
      place,
      seen.status ? null : (seen.failure ?? 'unknown_failure'),
    ]),
  );
}

function chainsOf(control: Control): Map<string, readonly string[]> {
  const chains = new Map<string, readonly string[]>();
  for (const [place, seen] of Object.entries(control.tls_handshake)) {
    if (seen.x_aiqyn_chain_sha256 !== undefined) chains.set(place, seen.x_aiqyn_chain_sha256);
  }
  return chains;
}

function signersOf(control: Control): Set<string> {
  const verified = Object.values(control.tls_handshake).filter((seen) => seen.status);
  return new Set(verified.flatMap((seen) => seen.x_aiqyn_issuers ?? []));
}

interface Reach {
  readonly reached: boolean;
  readonly failure: string | null;
}

/** The furthest step that the control tried decides. Null where it tried nothing. */
function reachOf(
  control: Control,
  tcp: ReadonlyMap<string, boolean>,
  tls: ReadonlyMap<string, string | null>,
): Reach | null {
  const byPage = reachOfPage(control.http_request);
  if (byPage !== null) return byPage;
  const handshakes = [...tls.values()];
  if (handshakes.length > 0) return reachOfSteps(handshakes);
  const connects = [...tcp.values()].map((connected) => (connected ? null : 'unknown_failure'));
  if (connects.length > 0) return reachOfSteps(connects);
  const dnsFailure = control.dns?.failure ?? null;
  return dnsFailure === null ? null : { reached: false, failure: dnsFailure };
}

function reachOfPage(page: Control['http_request']): Reach | null {
  if (page === null) return null;
  if (page.failure !== null) return { reached: false, failure: page.failure };
  return page.status_code > 0 ? { reached: true, failure: null } : null;
}

function reachOfSteps(failures: readonly (string | null)[]): Reach {
  if (failures.includes(null)) return { reached: true, failure: null };
  const words = failures.filter((failure) => failure !== null).sort();
  return { reached: false, failure: words[0] ?? null };
}

function pageOf(control: Control): ControlPage | null {
  const page = control.http_request;
  if (page?.failure !== null || page.status_code <= 0) return null;
  const rate = page['x_aiqyn_bytes_per_s'];
  return {
    code: page.status_code,
    bodyBytes: page.body_length >= 0 ? page.body_length : null,
    title: page.title === '' ? null : page.title,
    server: headerOf(page.headers, 'server'),
    headerNames: headerNamesOf(page.headers),
    bytesPerSecond: typeof rate === 'number' && rate > 0 ? rate : null,
  };
}
