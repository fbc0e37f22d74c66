/**
 * OONI's failure words (df-007 and the probe's own list), as far as probes name them.
 * In the store for years: add, never rename. `probes/net/` maps the machine's errors to these.
 */
export const FAILURE = {
  /** A deadline of ours ran out: nothing came in time. A finding. */
  timeout: 'generic_timeout_error',
  /** Our own shutdown cut the step short. Never a finding. */
  interrupted: 'interrupted',
  dnsNxdomain: 'dns_nxdomain_error',
  dnsNoAnswer: 'dns_no_answer',
  dnsServfail: 'dns_servfail_error',
  dnsRefused: 'dns_refused_error',
  dnsMisbehaving: 'dns_server_misbehaving',
  dnsTemporary: 'dns_temporary_failure',
  dnsNonRecoverable: 'dns_non_recoverable_failure',
  refused: 'connection_refused',
  reset: 'connection_reset',
  aborted: 'connection_aborted',
  hostUnreachable: 'host_unreachable',
  networkUnreachable: 'network_unreachable',
  networkDown: 'network_down',
  eof: 'eof_error',
  tlsHostname: 'ssl_invalid_hostname',
  tlsAuthority: 'ssl_unknown_authority',
  tlsCertificate: 'ssl_invalid_certificate',
  tlsHandshake: 'ssl_failed_handshake',
  quicVersion: 'quic_incompatible_version',
  httpRedirect: 'http_invalid_redirect_location_host',
  httpFailed: 'http_request_failed',
} as const;

/** Words for trouble on this machine's side of the path: no route, no address family, no socket. */
const OWN_FAULTS: ReadonlySet<string> = new Set([
  'network_unreachable',
  'network_down',
  'address_family_not_supported',
  'address_not_available',
  'no_buffer_space',
  'permission_denied',
]);

/** Whether the failure speaks of this machine and not of the path or the other side. */
export function isOwnFault(failure: string | null): boolean {
  return failure !== null && OWN_FAULTS.has(failure);
}
