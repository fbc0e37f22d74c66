/**
 * Who asks. With a token: as a header of a program, or once at the login, which gives a session in a cookie. Or a proxy that
 * checked it names the person in a header, which is believed from that proxy's address alone. Sessions end with the process.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../probes/probe.ts';
import type { AdminConfig } from '../config/admin-schema.ts';
import { LoginLimit } from './login-limit.ts';
import { peersOf } from './peers.ts';

export const SESSION_HOURS = 12;
const SESSION_MS = SESSION_HOURS * 3_600_000;
const SESSIONS_MAX = 200;
const NAME_LENGTH_MAX = 100;

/** What of a request tells who asks. */
export interface Credentials {
  /** Of the connection itself, whatever a header says. */
  readonly peer: string | undefined;
  /** Of the reader, for the limit of logins. */
  readonly address: string;
  readonly header: (name: string) => string | undefined;
  /** Of the session cookie. */
  readonly session: string | undefined;
}

export interface Admin {
  readonly who: string;
  readonly how: 'session' | 'bearer' | 'proxy';
  /** What every form of this person must bring along; null where no browser sends anything by itself. */
  readonly formToken: string | null;
}

export type Login =
  { readonly outcome: 'in'; readonly session: string } | { readonly outcome: 'wrong' | 'too_often' };

export interface AuthOptions {
  readonly config: AdminConfig;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  /** 32 bytes that nobody can guess. */
  readonly randomBytes: () => Buffer;
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** Takes as long for a wrong one as for the right one. */
export function isSame(one: string, other: string): boolean {
  return timingSafeEqual(digest(one), digest(other));
}

export class Auth {
  readonly #options: AuthOptions;
  readonly #isProxy: (address: string | undefined) => boolean;
  readonly #limit: LoginLimit;
  readonly #secret: Buffer;
  /** By the hash of the session's id: until when, monotonic milliseconds. */
  readonly #sessions = new Map<string, number>();

  constructor(options: AuthOptions) {
    this.#options = options;
    this.#isProxy = peersOf(options.config.proxy?.from ?? []);
    this.#limit = new LoginLimit(options.clock);
    this.#secret = options.randomBytes();
  }

  /** Whether there is a token that somebody could log in with. */
  get hasToken(): boolean {
    return this.#options.config.token !== null;
  }

  /** What whoever logs in with the token is called. */
  get user(): string {
    return this.#options.config.user;
  }

  /** Null: nobody that may. */
  who(credentials: Credentials): Admin | null {
    return this.#ofProxy(credentials) ?? this.#ofBearer(credentials) ?? this.#ofSession(credentials);
  }

  login(token: string, address: string): Login {
    if (!this.#limit.mayTry(address)) return { outcome: 'too_often' };
    if (!this.#isToken(token)) {
      this.#limit.failed(address);
      return { outcome: 'wrong' };
    }
    const session = this.#options.randomBytes().toString('base64url');
    this.#sessions.set(this.#keyOf(session), this.#options.clock.monotonicMs() + SESSION_MS);
    for (const oldest of this.#sessions.keys()) {
      if (this.#sessions.size <= SESSIONS_MAX) break;
      this.#sessions.delete(oldest);
    }
    return { outcome: 'in', session };
  }

  logout(session: string | undefined): void {
    if (session !== undefined) this.#sessions.delete(this.#keyOf(session));
  }

  /** True where a form came from a page that this person was given. */
  isForm(admin: Admin, token: unknown): boolean {
    return admin.formToken === null || (typeof token === 'string' && isSame(token, admin.formToken));
  }

  #isToken(token: string): boolean {
    const { token: expected } = this.#options.config;
    return expected !== null && isSame(token, expected.reveal());
  }

  #ofProxy({ peer, header }: Credentials): Admin | null {
    const { proxy } = this.#options.config;
    if (proxy === null || !this.#isProxy(peer)) return null;
    const name = header(proxy.header)?.trim() ?? '';
    if (name === '' || name.length > NAME_LENGTH_MAX) return null;
    return { who: name, how: 'proxy', formToken: this.#formToken(`proxy ${name}`) };
  }

  #ofBearer({ header, address }: Credentials): Admin | null {
    const token = /^Bearer (\S+)$/i.exec(header('authorization') ?? '')?.[1];
    if (token === undefined || !this.#limit.mayTry(address)) return null;
    if (this.#isToken(token)) return { who: this.user, how: 'bearer', formToken: null };
    this.#limit.failed(address);
    return null;
  }

  #ofSession({ session }: Credentials): Admin | null {
    if (session === undefined) return null;
    const key = this.#keyOf(session);
    const untilMs = this.#sessions.get(key);
    if (untilMs === undefined) return null;
    if (untilMs <= this.#options.clock.monotonicMs()) {
      this.#sessions.delete(key);
      return null;
    }
    return { who: this.user, how: 'session', formToken: this.#formToken(`session ${key}`) };
  }

  #keyOf(session: string): string {
    return digest(session).toString('hex');
  }

  #formToken(of: string): string {
    return createHmac('sha256', this.#secret).update(of).digest('base64url');
  }
}
