/**
 * From Node's errors to OONI's failure words (the list of df-007 and the Go probe's errno table; the mapping from Node
 * is ours). What has no word becomes `unknown_failure: …` with addresses scrubbed and the length bounded.
 */
import { FAILURE } from '../failure.ts';
import { scrubAddresses } from '../scrub.ts';

const UNKNOWN_LENGTH_MAX = 120;

const BY_CODE: Readonly<Record<string, string>> = {
  ECONNRESET: FAILURE.reset,
  EPIPE: FAILURE.reset,
  ECONNREFUSED: FAILURE.refused,
  ECONNABORTED: FAILURE.aborted,
  EHOSTUNREACH: FAILURE.hostUnreachable,
  EHOSTDOWN: FAILURE.hostUnreachable,
  ENETUNREACH: FAILURE.networkUnreachable,
  ENETDOWN: FAILURE.networkDown,
  ENETRESET: 'network_reset',
  ETIMEDOUT: 'timed_out',
  EADDRNOTAVAIL: 'address_not_available',
  EADDRINUSE: 'address_in_use',
  EAFNOSUPPORT: 'address_family_not_supported',
  EACCES: 'permission_denied',
  EPERM: 'permission_denied',
  EINVAL: 'invalid_argument',
  EMSGSIZE: 'message_size',
  ENOBUFS: 'no_buffer_space',
  ENOTCONN: 'not_connected',
  ENOTFOUND: FAILURE.dnsNxdomain,
  ENODATA: FAILURE.dnsNoAnswer,
  ESERVFAIL: FAILURE.dnsServfail,
  EREFUSED: FAILURE.dnsRefused,
  EAI_AGAIN: FAILURE.dnsTemporary,
  EAI_FAIL: FAILURE.dnsNonRecoverable,
};

/** OpenSSL's words for why a chain does not verify, and Node's for a name that does not fit. */
const BY_VERIFICATION: Readonly<Record<string, string>> = {
  ERR_TLS_CERT_ALTNAME_INVALID: FAILURE.tlsHostname,
  HOSTNAME_MISMATCH: FAILURE.tlsHostname,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: FAILURE.tlsAuthority,
  SELF_SIGNED_CERT_IN_CHAIN: FAILURE.tlsAuthority,
  DEPTH_ZERO_SELF_SIGNED_CERT: FAILURE.tlsAuthority,
  UNABLE_TO_GET_ISSUER_CERT: FAILURE.tlsAuthority,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: FAILURE.tlsAuthority,
  CERT_UNTRUSTED: FAILURE.tlsAuthority,
};

/** TLS alerts (RFC 8446, section 6) that have a word of their own. */
const BY_ALERT: Readonly<Record<number, string>> = {
  40: FAILURE.tlsHandshake,
  42: FAILURE.tlsCertificate,
  43: FAILURE.tlsCertificate,
  44: FAILURE.tlsCertificate,
  45: FAILURE.tlsCertificate,
  46: FAILURE.tlsCertificate,
  47: FAILURE.tlsHandshake,
  48: FAILURE.tlsAuthority,
  51: FAILURE.tlsHandshake,
  112: FAILURE.tlsHostname,
};

/** An `error` event of a socket, a lookup or a request. */
export function failureOf(error: unknown): string {
  if (!(error instanceof Error)) return unknownFailure(String(error));
  if (isEndOfStream(error)) return FAILURE.eof;
  const code = codeOf(error);
  const known = code === null ? undefined : BY_CODE[code];
  if (known !== undefined) return known;
  return alertFailure(error.message) ?? unknownFailure(code ?? error.message);
}

/** Why a presented chain was not accepted: `authorizationError` of a TLS socket. */
export function verificationFailure(reason: unknown): string {
  const code = reason instanceof Error ? (codeOf(reason) ?? reason.message) : String(reason);
  return BY_VERIFICATION[code] ?? FAILURE.tlsCertificate;
}

export function unknownFailure(text: string): string {
  return `unknown_failure: ${scrubAddresses(text).slice(0, UNKNOWN_LENGTH_MAX)}`;
}

/** Node reports a FIN before the answer as ECONNRESET, too; only a real RST comes from a system call. */
function isEndOfStream(error: Error): boolean {
  if ('syscall' in error && typeof error.syscall === 'string') return false;
  return codeOf(error) === 'ECONNRESET';
}

function alertFailure(message: string): string | null {
  const alert = /SSL alert number (\d+)/.exec(message)?.[1];
  return alert === undefined ? null : failureOfAlert(Number(alert));
}

/** A TLS alert's number, from a socket's message or out of a QUIC error code (RFC 9001, section 4.8). */
export function failureOfAlert(alert: number): string {
  return BY_ALERT[alert] ?? unknownFailure(`tls alert ${alert}`);
}

function codeOf(error: Error): string | null {
  return 'code' in error && typeof error.code === 'string' ? error.code : null;
}
