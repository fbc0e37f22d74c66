/**
 * Carries a vantage's batches to a collector over HTTPS, directly or through a SOCKS5 proxy: the first of its addresses that
 * answers. It asks for the collector's time first, so that what is sent tells how far the vantage's clock is off.
 */
import type { SendPlain, JsonAnswer } from '../../probes/net/post-json.ts';
import type { Clock } from '../../probes/probe.ts';
import { EnvironmentError } from '../errors.ts';
import {
  BATCHES_PATH,
  BODY_TYPE,
  HEADER_FIELD,
  RefusalAnswer,
  SIGNATURE_FIELD,
  StandingAnswer,
  TIME_PATH,
  TimeAnswer,
} from '../fleet/answers.ts';
import { sealBatch } from '../fleet/batch.ts';
import type { Identity } from '../fleet/identity.ts';
import type { Log } from '../log.ts';
import type { ChainFile } from './chain-file.ts';
import type { SpoolEntry, Uplink, VantageState } from './spool.ts';

const TIMEOUT_MS = 30_000;
const TIME_TIMEOUT_MS = 10_000;
const TIME_FRESH_MS = 3_600_000;
const STATUS_OK = 200;
/** A vantage that is out of step learns where the collector is and tries again, once. */
const TRIES_MAX = 2;

export interface RemoteUplinkOptions {
  /** Base addresses of one collector, in the order in which they are tried. */
  readonly collectors: readonly string[];
  readonly identity: Identity;
  readonly chain: ChainFile;
  readonly send: SendPlain;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Told with each batch that is taken: platforms to be looked at closely, an empty set where there is none. */
  readonly onWatch?: (platforms: ReadonlySet<string>) => void;
}

/** One batch at a time, as the uplink loop sends them. @throws EnvironmentError COLLECTOR_AWAY, COLLECTOR_REFUSED */
export function createRemoteUplink(options: RemoteUplinkOptions): Uplink {
  return new RemoteUplink(options);
}

class RemoteUplink implements Uplink {
  readonly #options: RemoteUplinkOptions;
  #offset: { readonly ms: number; readonly askedAtMs: number } | null = null;
  #preferred = 0;

  constructor(options: RemoteUplinkOptions) {
    this.#options = options;
  }

  async deliver(batch: readonly SpoolEntry[], state: VantageState): Promise<void> {
    const { chain, identity } = this.#options;
    const clockOffsetMs = await this.#clockOffsetMs();
    for (let tries = 1; tries <= TRIES_MAX; tries += 1) {
      const after = chain.read();
      const fresh = batch.filter(({ sequence }) => sequence > after.last);
      if (fresh.length === 0 && batch.length > 0) return;
      const sealed = await sealBatch(
        fresh,
        { ...state, clockOffsetMs },
        { identity, spool: after.spool, after },
      );
      const headers = {
        'content-type': BODY_TYPE,
        [HEADER_FIELD]: sealed.headerText,
        [SIGNATURE_FIELD]: sealed.signature,
      };
      const answer = await this.#ask({
        path: BATCHES_PATH,
        headers,
        body: sealed.body,
        timeoutMs: TIMEOUT_MS,
      });
      const standing = answer.status === STATUS_OK ? StandingAnswer.safeParse(answer.body).data : undefined;
      if (standing !== undefined) {
        const { number, head, last } = sealed.header;
        await chain.write({ ...after, number, head, last });
        this.#options.onWatch?.(new Set(standing.watch));
        return;
      }
      if (!(await this.#caughtUp(answer)) || tries === TRIES_MAX) throw refused(answer);
    }
  }

  /** Goes on from where the collector stands, if it said so. */
  async #caughtUp(answer: JsonAnswer): Promise<boolean> {
    const standing = RefusalAnswer.safeParse(answer.body).data?.standing;
    if (standing === undefined) return false;
    const { chain, log } = this.#options;
    const mine = chain.read();
    if (standing.number < mine.number) {
      log.error(
        { sent: mine.number, collectorHas: standing.number },
        'The collector lost batches that it had acknowledged; the chain goes on from what it has.',
      );
    }
    const last = standing.spool === mine.spool ? standing.last : 0;
    await chain.write({ ...mine, number: standing.number, head: standing.head, last });
    return true;
  }

  /** By the middle of a round trip, and thus right to half of it; 0 as long as the collector cannot be asked. */
  async #clockOffsetMs(): Promise<number> {
    const { clock } = this.#options;
    const known = this.#offset;
    if (known !== null && clock.monotonicMs() - known.askedAtMs < TIME_FRESH_MS) return known.ms;
    const [beforeMs, startedMs] = [clock.nowMs(), clock.monotonicMs()];
    const answer = await this.#ask({ path: TIME_PATH, headers: {}, body: null, timeoutMs: TIME_TIMEOUT_MS });
    const roundTripMs = clock.monotonicMs() - startedMs;
    const theirs = TimeAnswer.safeParse(answer.body).data;
    if (theirs === undefined) throw refused(answer);
    this.#offset = { ms: Math.round(beforeMs + roundTripMs / 2 - theirs.nowMs), askedAtMs: startedMs };
    return this.#offset.ms;
  }

  /** By the address that answered last, then by the others. @throws EnvironmentError when none answers. */
  async #ask(message: {
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: Buffer | null;
    readonly timeoutMs: number;
  }): Promise<JsonAnswer> {
    const { collectors, send, signal } = this.#options;
    const failures: string[] = [];
    for (let step = 0; step < collectors.length; step += 1) {
      const index = (this.#preferred + step) % collectors.length;
      const base = collectors[index] ?? '';
      const answer = await send({ ...message, url: new URL(message.path, base).href }, signal);
      if (isOurs(answer)) {
        this.#preferred = index;
        return answer;
      }
      failures.push(`${base}: ${answer.failure ?? `status ${answer.status}`}`);
    }
    throw new EnvironmentError('COLLECTOR_AWAY', `No collector answers (${failures.join('; ')}).`);
  }
}

/** A login page or a proxy's error is no answer of a collector. */
function isOurs({ status, body }: JsonAnswer): boolean {
  if (status === STATUS_OK)
    return StandingAnswer.safeParse(body).success || TimeAnswer.safeParse(body).success;
  return RefusalAnswer.safeParse(body).success && RefusalAnswer.parse(body).error !== 'unavailable';
}

function refused({ status, body }: JsonAnswer): EnvironmentError {
  const said = RefusalAnswer.safeParse(body).data;
  return new EnvironmentError(
    'COLLECTOR_REFUSED',
    `The collector refuses (${said?.error ?? `status ${status}`}): ${said?.message ?? 'it said no more'}`,
  );
}
