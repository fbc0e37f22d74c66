/** What an InfluxDB's refusals mean, and how to mend them. */
import { HttpError, RequestTimedOutError } from '@influxdata/influxdb-client';
import { ZodError } from 'zod';
import type { InfluxAddress, InfluxLogin } from '../../config/store-config.ts';
import { EnvironmentError } from '../../errors.ts';
import { authorization } from './login.ts';

const DETAIL_LENGTH_MAX = 300;
const HIDDEN = '[secret]';
const NAME_UNKNOWN = /^(?:ENOTFOUND|EAI_[A-Z]+)$/;
const TLS_REFUSED =
  /^(?:EPROTO|ERR_TLS_[A-Z_]+|ERR_SSL_[A-Z_]+|CERT_[A-Z_]+|[A-Z_]*CERT[A-Z_]*|UNABLE_TO_[A-Z_]+)$/;
const UNREACHABLE = /^(?:E[A-Z]+|UND_ERR_[A-Z_]+)$/;
export const NO_DATABASE = /(?:database|bucket|dbrp mapping).{0,80}not found/i;
const NO_ORGANISATION = /organi[sz]ation.{0,80}not found/i;
/** The server has read what was sent: bad request, a conflict, too large, cannot be processed. */
const LOOKED_AT: ReadonlySet<number> = new Set([400, 409, 413, 422]);

/** The server had no time: the same again later is right. */
export class BusyError extends EnvironmentError {
  /** What the server asked for; null where it named no time. */
  readonly retryAfterMs: number | null;

  constructor(message: string, retryAfterMs: number | null, cause: unknown) {
    super('STORE_BUSY', message, { cause });
    this.retryAfterMs = retryAfterMs;
  }
}

/** The server has looked at the lines and will not take some of them: the same again is wrong. */
export class RefusedError extends EnvironmentError {
  /** How many lines it left out while it kept the others; null where it does not say. */
  readonly dropped: number | null;

  constructor(message: string, dropped: number | null, cause: unknown) {
    super('STORE_REFUSED', message, { cause });
    this.dropped = dropped;
  }
}

/**
 * Our own errors as they are; the client's as an EnvironmentError whose message names the address and what to do:
 * `STORE_UNREACHABLE`, `STORE_TLS`, `STORE_NOT_INFLUX`, `STORE_LOGIN`, `STORE_FORBIDDEN`, `STORE_DATABASE_MISSING`,
 * `STORE_ORGANISATION_MISSING`, `STORE_BUSY`, `STORE_REFUSED`. No message holds a secret, not even one that the server repeats.
 */
export function translate(error: unknown, address: InfluxAddress): unknown {
  if (error instanceof EnvironmentError) return error;
  if (error instanceof HttpError) return translateHttp(error, address);
  if (error instanceof SyntaxError || error instanceof ZodError)
    return notInflux(address, 'its answer is none of an InfluxDB', error);
  if (error instanceof RequestTimedOutError) return unreachable(address, 'no answer in time', error);
  const code = codeOf(error);
  if (code === null) return error;
  if (NAME_UNKNOWN.test(code)) return unknownName(address, code, error);
  if (TLS_REFUSED.test(code)) return untrusted(address, code, error);
  return UNREACHABLE.test(code) ? unreachable(address, code, error) : error;
}

function codeOf(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  if ('code' in error && typeof error.code === 'string') return error.code;
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  return /aborted|socket hang up/.test(error.message) ? 'ECONNRESET' : codeOf(error.cause);
}

function unreachable({ url, database }: InfluxAddress, why: string, cause: unknown): EnvironmentError {
  return new EnvironmentError(
    'STORE_UNREACHABLE',
    `InfluxDB at ${url} does not answer (${why}). Is it running, and is store.url right? What is measured for "${database}" waits in the spool.`,
    { cause },
  );
}

function unknownName({ url, database }: InfluxAddress, code: string, cause: unknown): EnvironmentError {
  return new EnvironmentError(
    'STORE_UNREACHABLE',
    `InfluxDB at ${url} is not found: its name does not resolve (${code}). Correct the host in store.url, or this machine’s resolver. What is measured for "${database}" waits in the spool.`,
    { cause },
  );
}

function untrusted({ url, database }: InfluxAddress, code: string, cause: unknown): EnvironmentError {
  const remedy = /SSL|EPROTO/.test(code)
    ? 'it does not speak TLS as asked: is it http:// in store.url?'
    : 'this machine does not trust its certificate. Name its authority’s file in NODE_EXTRA_CA_CERTS, or correct the host in store.url';
  return new EnvironmentError(
    'STORE_TLS',
    `InfluxDB at ${url} cannot be trusted with "${database}" (${code}): ${remedy}.`,
    { cause },
  );
}

export function notInflux({ url, database }: InfluxAddress, why: string, cause: unknown): EnvironmentError {
  return new EnvironmentError(
    'STORE_NOT_INFLUX',
    `What answers at ${url} is not the InfluxDB of "${database}": ${why}. Is store.url the server’s own address, and not a proxy’s or a login page’s?`,
    { cause },
  );
}

/** The first that holds. */
const REFUSALS: readonly {
  readonly isIt: (statusCode: number, said: string) => boolean;
  readonly failure: (address: InfluxAddress, said: string, cause: unknown) => EnvironmentError;
}[] = [
  { isIt: (_, said) => NO_DATABASE.test(said), failure: (address, _, cause) => missing(address, cause) },
  { isIt: (_, said) => NO_ORGANISATION.test(said), failure: missingOrganisation },
  { isIt: (statusCode) => statusCode === 401, failure: refusedLogin },
  { isIt: (statusCode) => statusCode === 403, failure: forbidden },
];

function isBusy(statusCode: number): boolean {
  return statusCode === 408 || statusCode === 429 || statusCode >= 500;
}

function translateHttp(error: HttpError, address: InfluxAddress): EnvironmentError {
  const { statusCode } = error;
  const said = cut(withoutSecret(detailOf(error), address.login));
  const cause = withoutSecret(`${error.message} ${error.body ?? ''}`, address.login).includes(HIDDEN)
    ? undefined
    : error;
  const refusal = REFUSALS.find(({ isIt }) => isIt(statusCode, said));
  if (refusal !== undefined) return refusal.failure(address, said, cause);
  if (isBusy(statusCode)) return busy(address, statusCode, said, retryAfterMs(error), cause);
  if (!LOOKED_AT.has(statusCode)) return notInflux(address, whyOf(statusCode, said), cause);
  const [, dropped] = /dropped=(\d+)/.exec(said) ?? [];
  return new RefusedError(
    `InfluxDB at ${address.url} does not take this into "${address.database}": ${said}`,
    dropped === undefined ? null : Number(dropped),
    cause,
  );
}

function whyOf(statusCode: number, said: string): string {
  if (statusCode >= 300 && statusCode < 400) return `it sends elsewhere (${statusCode})`;
  return `it answers ${statusCode}${said === '' ? '' : ` (${said})`}`;
}

function busy(
  { url, database }: InfluxAddress,
  statusCode: number,
  said: string,
  waitMs: number,
  cause: unknown,
): BusyError {
  const message = `InfluxDB at ${url} has no time for "${database}" (${statusCode}); it is asked again later, and what is measured waits in the spool. It said: ${said}`;
  return new BusyError(message, waitMs > 0 ? waitMs : null, cause);
}

/** The client takes the header's seconds for milliseconds, so they are read here; a date it reads right. */
function retryAfterMs(error: HttpError): number {
  const said = error.headers?.['retry-after'];
  return typeof said === 'string' && /^\d+$/.test(said) ? Number(said) * 1_000 : error.retryAfter();
}

const LOGIN_REMEDIES: Readonly<Record<InfluxLogin['kind'], string>> = {
  none: 'it wants one: set store.tokenFile, or on 1.x store.username and store.passwordFile',
  token:
    'check the token in store.token or store.tokenFile, whether it was revoked, and whether it belongs to this server',
  password: 'check store.username and its password; to write, 2.x and 3.x want a token instead',
};

function refusedLogin(
  { url, database, login }: InfluxAddress,
  said: string,
  cause: unknown,
): EnvironmentError {
  return new EnvironmentError(
    'STORE_LOGIN',
    `InfluxDB at ${url} refuses the login for "${database}": ${LOGIN_REMEDIES[login.kind]}. It said: ${said}`,
    { cause },
  );
}

function forbidden({ url, database }: InfluxAddress, said: string, cause: unknown): EnvironmentError {
  return new EnvironmentError(
    'STORE_FORBIDDEN',
    `InfluxDB at ${url} does not let this login read and write "${database}": grant it both. It said: ${said}`,
    { cause },
  );
}

export function missing({ url, database }: InfluxAddress, cause?: unknown): EnvironmentError {
  return new EnvironmentError(
    'STORE_DATABASE_MISSING',
    `InfluxDB at ${url} has no database or bucket "${database}". Make it (docs/influxdb.md says how), or correct the configuration.`,
    cause === undefined ? undefined : { cause },
  );
}

function missingOrganisation({ url, org }: InfluxAddress, said: string, cause: unknown): EnvironmentError {
  return new EnvironmentError(
    'STORE_ORGANISATION_MISSING',
    `InfluxDB at ${url} shows this login no organisation "${org ?? ''}": correct store.org, or use a token of that organisation. It said: ${said}`,
    { cause },
  );
}

function withoutSecret(text: string, login: InfluxLogin): string {
  switch (login.kind) {
    case 'none':
      return text;
    case 'token':
      return text.replaceAll(login.token.reveal(), HIDDEN);
    case 'password': {
      const [, pair = ''] = (authorization(login)['authorization'] ?? '').split(' ');
      return text.replaceAll(login.password.reveal(), HIDDEN).replaceAll(pair, HIDDEN);
    }
  }
}

/** The body's own words; JSON in most cases. */
function detailOf({ body, message }: HttpError): string {
  const text = body === undefined || body === '' ? message : body;
  let said = text;
  try {
    const json: unknown = JSON.parse(text);
    if (typeof json === 'object' && json !== null) said = wordsOf(json) ?? text;
  } catch {
    // A proxy's page, or a cut answer: as it is.
  }
  return (/<title>([^<]*)/i.exec(said)?.[1] ?? said).trim();
}

/** A proxy may answer with a page; the server may quote a whole line first and give its reason last. */
function cut(said: string): string {
  if (said.length <= DETAIL_LENGTH_MAX) return said;
  const half = DETAIL_LENGTH_MAX / 2;
  return `${said.slice(0, half)} … ${said.slice(-half)}`;
}

function wordsOf(json: object): string | null {
  for (const [key, value] of Object.entries(json)) {
    if ((key === 'error' || key === 'message') && typeof value === 'string') return value;
  }
  return null;
}
