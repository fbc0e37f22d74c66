/**
 * From the words of Globalping's probes to OONI's, where the word leaves no doubt of what happened and at which step. All else
 * is an `unknown_failure`, on which no verdict rests. The words are those of Node and undici, of which the probe is made.
 */
import { FAILURE } from '../../../probes/failure.ts';
import { failureOfAlert, unknownFailure, verificationFailure } from '../../../probes/net/failure.ts';
import { parseEndpoint } from '../../../probes/net/socket-connection.ts';

/** `request`: between the connection and the answer; for https: the handshake or after it. */
export interface Told {
  readonly step: 'dns' | 'tcp' | 'tls' | 'request';
  readonly failure: string;
  /** The server's `ip:port`, where the word names it. */
  readonly endpoint: { readonly address: string; readonly port: number } | null;
}

interface Word {
  readonly pattern: RegExp;
  readonly step: Told['step'];
  readonly failure: string;
}

const CONNECT: Readonly<Record<string, string>> = {
  ECONNREFUSED: FAILURE.refused,
  ETIMEDOUT: FAILURE.timeout,
  ECONNRESET: FAILURE.reset,
  ENETUNREACH: FAILURE.networkUnreachable,
};

const LOOKUP: Readonly<Record<string, string>> = {
  ENOTFOUND: FAILURE.dnsNxdomain,
  ESERVFAIL: FAILURE.dnsServfail,
  EREFUSED: FAILURE.dnsRefused,
  ETIMEOUT: FAILURE.timeout,
  ETIMEDOUT: FAILURE.timeout,
  EAI_AGAIN: FAILURE.dnsTemporary,
};

const WORDS: readonly Word[] = [
  // The probe's own deadline of ten seconds: nothing came, and at which step is not said.
  { pattern: /^request timeout\.?$/i, step: 'request', failure: FAILURE.timeout },
  { pattern: /^read ECONNRESET\b/, step: 'request', failure: FAILURE.reset },
  { pattern: /^other side closed$/i, step: 'request', failure: FAILURE.eof },
  {
    pattern: /^client network socket disconnected before secure tls connection was established/i,
    step: 'tls',
    failure: FAILURE.eof,
  },
];

/** @param rawOutput as the probe wrote it, such as `connect ECONNREFUSED 192.0.2.1:443`. */
export function toldBy(rawOutput: string): Told {
  const words = rawOutput.trim();
  const known = WORDS.find(({ pattern }) => pattern.test(words));
  if (known !== undefined) return { step: known.step, failure: known.failure, endpoint: null };
  return connectWord(words) ?? lookupWord(words) ?? alertWord(words) ?? unknown(words);
}

function connectWord(words: string): Told | null {
  const [, code = '', endpoint = ''] = /^connect (E[A-Z]+) (\S+)/.exec(words) ?? [];
  const failure = CONNECT[code];
  return failure === undefined ? null : { step: 'tcp', failure, endpoint: parseEndpoint(endpoint) };
}

/** `getaddrinfo ENOTFOUND name`, `queryA ESERVFAIL name`. */
function lookupWord(words: string): Told | null {
  const code = /^(?:getaddrinfo|query[A-Za-z]*) (E[A-Z_]+)\b/.exec(words)?.[1];
  const failure = code === undefined ? undefined : LOOKUP[code];
  return failure === undefined ? null : { step: 'dns', failure, endpoint: null };
}

function alertWord(words: string): Told | null {
  const alert = /SSL alert number (\d{1,3})\b/.exec(words)?.[1];
  return alert === undefined ? null : { step: 'tls', failure: failureOfAlert(Number(alert)), endpoint: null };
}

function unknown(words: string): Told {
  return { step: 'request', failure: unknownFailure(words), endpoint: null };
}

/** Why a chain did not verify: the code as text, or within what an Error became. Null where it is not told. */
export function certificateFailure(error: unknown): string {
  if (typeof error === 'string') return verificationFailure(error);
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
  return typeof code === 'string' ? verificationFailure(code) : FAILURE.tlsCertificate;
}

/** How a resolver answered by its status, such as `NXDOMAIN`; null for an answer that is none of these. */
export function resolverFailure(statusCodeName: string): string | null {
  switch (statusCodeName.toUpperCase()) {
    case 'NXDOMAIN':
      return FAILURE.dnsNxdomain;
    case 'SERVFAIL':
      return FAILURE.dnsServfail;
    case 'REFUSED':
      return FAILURE.dnsRefused;
    default:
      return null;
  }
}
