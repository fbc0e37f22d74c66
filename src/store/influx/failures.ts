/** What an InfluxDB's refusals mean, and how to mend them. */
import { HttpError, RequestTimedOutError } from '@influxdata/influxdb-client';
import { EnvironmentError } from '../../errors.ts';
import type { InfluxAddress } from '../../config/store-config.ts';

const DETAIL_LENGTH_MAX = 300;
const UNREACHABLE = /^(?:E[A-Z]+|UND_ERR_[A-Z_]+)$/;

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

/** Our own errors as they are; the client's as EnvironmentError with a code: `STORE_UNREACHABLE`, `STORE_LOGIN`, … */
export function translate(error: unknown, address: InfluxAddress): unknown {
  if (error instanceof EnvironmentError) return error;
  if (error instanceof HttpError) return translateHttp(error, address);
  if (error instanceof RequestTimedOutError) {
    return unreachable(address, 'no answer in time', error);
  }
  const code = codeOf(error);
  return code !== null && UNREACHABLE.test(code) ? unreachable(address, code, error) : error;
}

function unreachable({ url }: InfluxAddress, why: string, cause: unknown): EnvironmentError {
  return new EnvironmentError(
    'STORE_UNREACHABLE',
    `InfluxDB at ${url} does not answer (${why}). Is it running, and is store.url right? What is measured waits in the spool.`,
    { cause },
  );
}

function codeOf(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  if ('code' in error && typeof error.code === 'string') return error.code;
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  return /aborted|socket hang up/.test(error.message) ? 'ECONNRESET' : codeOf(error.cause);
}

function translateHttp(error: HttpError, address: InfluxAddress): EnvironmentError {
  const { statusCode } = error;
  const said = detailOf(error);
  if (/(?:database|bucket).{0,80}not found/i.test(said) || statusCode === 404) return missing(address, error);
  if (statusCode === 401) {
    return new EnvironmentError(
      'STORE_LOGIN',
      `InfluxDB at ${address.url} refuses the login: check store.token or store.username and its password. It said: ${said}`,
      { cause: error },
    );
  }
  if (statusCode === 403) return forbidden(address, said, error);
  if (statusCode === 429 || statusCode >= 500) {
    const waitMs = retryAfterMs(error);
    const message = `InfluxDB at ${address.url} has no time (${statusCode}); it is asked again later. It said: ${said}`;
    return new BusyError(message, waitMs > 0 ? waitMs : null, error);
  }
  const [, dropped] = /dropped=(\d+)/.exec(said) ?? [];
  return new RefusedError(said, dropped === undefined ? null : Number(dropped), error);
}

/** The client takes the header's seconds for milliseconds, so they are read here; a date it reads right. */
function retryAfterMs(error: HttpError): number {
  const said = error.headers?.['retry-after'];
  return typeof said === 'string' && /^\d+$/.test(said) ? Number(said) * 1_000 : error.retryAfter();
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
  return cut(said.trim());
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
