/** How a failure word reads to a judge: what the network did, and whether it can be anybody's doing but our own. */
import type { Method } from './verdict.ts';

/** `local`: this machine or its own network refused. `answered`: something spoke back, in a way no word here names. */
export type Manner =
  'drop' | 'reset' | 'eof' | 'refused' | 'certificate' | 'local' | 'redirect' | 'dns' | 'answered';

const MANNERS: ReadonlyMap<string, Manner> = new Map<string, Manner>([
  ['generic_timeout_error', 'drop'],
  ['timed_out', 'drop'],
  ['connection_reset', 'reset'],
  ['connection_aborted', 'reset'],
  ['eof_error', 'eof'],
  ['connection_already_closed', 'eof'],
  ['connection_refused', 'refused'],
  ['host_unreachable', 'refused'],
  ['ssl_invalid_hostname', 'certificate'],
  ['ssl_unknown_authority', 'certificate'],
  ['ssl_invalid_certificate', 'certificate'],
  ['http_invalid_redirect_location_host', 'redirect'],
  ['http_unexpected_redirect_url', 'redirect'],
  ['network_unreachable', 'local'],
  ['network_down', 'local'],
  ['network_reset', 'local'],
  ['address_family_not_supported', 'local'],
  ['address_in_use', 'local'],
  ['address_not_available', 'local'],
  ['bad_address', 'local'],
  ['bad_file_descriptor', 'local'],
  ['invalid_argument', 'local'],
  ['no_buffer_space', 'local'],
  ['operation_would_block', 'local'],
  ['permission_denied', 'local'],
  ['protocol_not_supported', 'local'],
  ['interrupted', 'local'],
]);

export function mannerOf(failure: string): Manner {
  const known = MANNERS.get(failure);
  if (known !== undefined) return known;
  if (failure.startsWith('dns_') || failure === 'android_dns_cache_no_data') return 'dns';
  if (failure.startsWith('unknown_failure') && failure.includes('redirect')) return 'redirect';
  return 'answered';
}

const DNS_METHODS: ReadonlyMap<string, Method> = new Map<string, Method>([
  ['dns_nxdomain_error', 'nxdomain'],
  ['dns_servfail_error', 'servfail'],
  ['dns_server_misbehaving', 'servfail'],
  ['dns_temporary_failure', 'servfail'],
  ['dns_non_recoverable_failure', 'servfail'],
  ['dns_refused_error', 'refused'],
  ['connection_refused', 'refused'],
  ['dns_bogon_error', 'bogon'],
]);

/** The method that a failed lookup shows; silence of any kind is `no_answer`. */
export function dnsMethodOf(failure: string): Method {
  return DNS_METHODS.get(failure) ?? 'no_answer';
}

/** Words that a resolver which is simply broken or out of reach gives for every name alike. */
export function isResolverOutage(failure: string): boolean {
  return (
    failure === 'dns_temporary_failure' ||
    failure === 'connection_refused' ||
    mannerOf(failure) === 'drop' ||
    mannerOf(failure) === 'local'
  );
}

/** For verdicts that name one failure of many: the most telling first, then by the alphabet, so that order plays no part. */
const TELLING: readonly Manner[] = [
  'dns',
  'certificate',
  'reset',
  'eof',
  'drop',
  'redirect',
  'refused',
  'answered',
  'local',
];

/** The most telling of several failure words; null of none. */
export function mostTelling(failures: readonly string[]): string | null {
  const sorted = [...failures].sort((left, right) => rank(left) - rank(right) || (left < right ? -1 : 1));
  return sorted[0] ?? null;
}

function rank(failure: string): number {
  return TELLING.indexOf(mannerOf(failure)) * 2 + (failure === 'dns_no_answer' ? 1 : 0);
}
