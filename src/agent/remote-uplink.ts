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
/** A line that answered nothing is left alone this long while another one carries its batches. */
const OWN_LINE_REST_MS = 60_000;
/** A vantage that is out of step learns where the collector is and tries again, once. */
const TRIES_MAX = 2;

export interface RemoteUplinkOptions {
  /** Base addresses of one collector, in the order in which they are tried. */
  readonly collectors: readonly string[];
  readonly identity: Identity;
  readonly chain: ChainFile;
  /** By the vantage's own line. */
  readonly send: SendPlain;
  /** By other lines of the same machine, asked only where no collector answers by the vantage's own. */
  readonly elsewhere?: readonly SendPlain[];
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

interface Message {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | null;
  readonly timeoutMs: number;
}

class RemoteUplink implements Uplink {
  readonly #options: RemoteUplinkOptions;
  #offset: { readonly ms: number; readonly askedAtMs: number } | null = null;
  #preferred = 0;
  /** Monotonic; null while its own line works. */
  #ownFailedMs: number | null = null;

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

  /** By its own line, then by the others. @throws EnvironmentError when no collector answers. */
  async #ask(message: Message): Promise<JsonAnswer> {
    const { send, elsewhere = [] } = this.#options;
    const inOrder = this.#isOwnLineResting() ? [...elsewhere, send] : [send, ...elsewhere];
    const failures: string[] = [];
    for (const line of inOrder) {
      const answer = await this.#askBy(line, message, line === send ? failures : []);
      if (answer === null) continue;
      if (line === send) this.#ownLineWorks();
      else this.#ownLineFailed(failures);
      return answer;
    }
    throw new EnvironmentError('COLLECTOR_AWAY', `No collector answers (${failures.join('; ')}).`);
  }

  #isOwnLineResting(): boolean {
    const failedMs = this.#ownFailedMs;
    return failedMs !== null && this.#options.clock.monotonicMs() - failedMs < OWN_LINE_REST_MS;
  }

  #ownLineWorks(): void {
    if (this.#ownFailedMs !== null)
      this.#options.log.info({}, 'The vantage reaches the collector by its own line again.');
    this.#ownFailedMs = null;
  }

  #ownLineFailed(failures: readonly string[]): void {
    if (failures.length === 0) return;
    if (this.#ownFailedMs === null) {
      const fields = { failures };
      this.#options.log.warn(
        fields,
        'No collector answers by the vantage’s own line; another line carries it.',
      );
    }
    this.#ownFailedMs = this.#options.clock.monotonicMs();
  }

  /** By the address that answered last, then by the others; null, and why in `failures`, when none answers. */
  async #askBy(send: SendPlain, message: Message, failures: string[]): Promise<JsonAnswer | null> {
    const { collectors, signal } = this.#options;
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
    return null;
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
