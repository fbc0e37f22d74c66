/**
 * What somebody with the right to may do. Each change is written to the log before it is made: what cannot be logged is not done,
 * and what then fails is logged as failed.
 */
import { createHash } from 'node:crypto';
import { ConfigError } from '../errors.ts';
import type { Calendar } from '../events/user-calendar.ts';
import { CalendarFact } from '../events/fact.ts';
import type { IncidentNote } from '../events/incident-notes.ts';
import { canonicalJson } from '../fleet/canonical.ts';
import type { LinesBook } from '../lines-book.ts';
import { beginLive, endLive } from '../watchers/by-hand.ts';
import type { LiveByHand } from '../watchers/by-hand.ts';
import { isLive } from '../watchers/live.ts';
import type { LiveCalendar } from '../watchers/watcher.ts';
import type { AuditAction, AuditEntry } from './audit.ts';
import type { Admin } from './auth.ts';
import type { Publisher } from './publisher.ts';

export interface AdminDeskOptions {
  readonly calendar: {
    readonly read: () => Promise<Calendar>;
    readonly change: (change: { put: readonly CalendarFact[] } | { remove: string }) => Promise<void>;
    /** Makes the monitor read it now. */
    readonly changed: () => Promise<void>;
  };
  readonly notes: LinesBook<IncidentNote>;
  readonly alerts: {
    readonly routes: readonly string[];
    /** Null where it was delivered, else why not. */
    readonly test: (route: string) => Promise<string | null>;
  };
  readonly publisher: Publisher;
  readonly audit: LinesBook<AuditEntry>;
  readonly nowMs: () => number;
}

/** The one who asks is told; nothing was changed. */
export class AdminRefusal extends Error {
  override readonly name = 'AdminRefusal';
}

/** Tells one state of an event from another: a form that was opened before somebody else's change is refused. */
export function stateOf(fact: CalendarFact | undefined): string {
  return fact === undefined ? '' : createHash('sha256').update(canonicalJson(fact)).digest('hex');
}

export class AdminDesk {
  readonly #options: AdminDeskOptions;
  #tail: Promise<unknown> = Promise.resolve();

  constructor(options: AdminDeskOptions) {
    this.#options = options;
  }

  get audit(): readonly AuditEntry[] {
    return this.#options.audit.entries;
  }

  get routes(): readonly string[] {
    return this.#options.alerts.routes;
  }

  get publisher(): Publisher {
    return this.#options.publisher;
  }

  async calendar(): Promise<Calendar> {
    return this.#options.calendar.read();
  }

  noteOf(incident: string): IncidentNote | undefined {
    return this.#options.notes.entries.findLast((note) => note.incident === incident);
  }

  async loggedIn(who: string, what: 'login' | 'login_refused' | 'logout'): Promise<void> {
    await this.#log({ who, how: 'session' }, what, '', null, null);
  }

  /** @throws AdminRefusal where the id is taken, or the fact is none. */
  async addEvent(admin: Admin, made: unknown): Promise<string> {
    const fact = factOf(made);
    return this.#alone(async () => {
      if ((await this.#find(fact.id)) !== undefined)
        throw new AdminRefusal(`There is an event “${fact.id}” already.`);
      await this.#changeCalendar(admin, 'event_add', fact.id, { before: null, after: fact });
      return fact.id;
    });
  }

  /** @param openedAs state of the event when its form was opened. */
  async editEvent(admin: Admin, id: string, openedAs: string, made: unknown): Promise<void> {
    const fact = factOf(made);
    await this.#alone(async () => {
      const before = await this.#known(id);
      if (stateOf(before) !== openedAs)
        throw new AdminRefusal('Somebody changed this event since you opened it. Open it again.');
      if (stateOf(before) === stateOf(fact)) throw new AdminRefusal('Nothing was changed.');
      await this.#changeCalendar(admin, 'event_edit', id, { before, after: fact });
    });
  }

  /** Livestreams that go on now, by this installation's own calendar. */
  async liveNow(): Promise<CalendarFact[]> {
    const nowMs = this.#options.nowMs();
    return (await this.#ownFacts()).filter((fact) => isLive(fact, nowMs));
  }

  /** The id of the livestream that begins now, or that goes on under this title. @throws ConfigError where something is missing */
  async beginLive(admin: Admin, said: LiveByHand): Promise<string> {
    return this.#alone(async () => beginLive(this.#live(admin), said, this.#options.nowMs()));
  }

  /** @throws ConfigError where no such livestream goes on. */
  async endLive(admin: Admin, id: string): Promise<void> {
    await this.#alone(async () => endLive(this.#live(admin), id, this.#options.nowMs()));
  }

  async removeEvent(admin: Admin, id: string): Promise<void> {
    await this.#alone(async () =>
      this.#changeCalendar(admin, 'event_remove', id, { before: await this.#known(id), after: null }),
    );
  }

  /** An empty text takes the note back. */
  async note(admin: Admin, incident: string, text: string): Promise<void> {
    await this.#alone(async () => {
      const before = this.noteOf(incident)?.text ?? '';
      if (before === text) throw new AdminRefusal('Nothing was changed.');
      const at = new Date(this.#options.nowMs()).toISOString();
      await this.#done(admin, 'incident_note', incident, { before, after: text }, async () =>
        this.#options.notes.add({ incident, at, text }),
      );
    });
  }

  /** Null where the test was delivered, else why not. */
  async testAlert(admin: Admin, route: string): Promise<string | null> {
    if (!this.routes.includes(route)) throw new AdminRefusal(`There is no route “${route}”.`);
    const failure = await this.#options.alerts.test(route);
    await this.#log(admin, 'alert_test', route, null, null, failure);
    return failure;
  }

  async publish(admin: Admin, incident: string): Promise<void> {
    await this.#alone(async () => {
      this.publisher.requireFree();
      await this.#done(admin, 'evidence_publish', incident, { before: null, after: null }, async () => {
        this.publisher.publish(incident);
        return Promise.resolve();
      });
    });
  }

  async unpublish(admin: Admin, incident: string): Promise<void> {
    await this.#alone(async () => {
      const before = this.publisher.of(incident);
      if (before === null) throw new AdminRefusal('No evidence of this incident is published.');
      await this.#done(admin, 'evidence_unpublish', incident, { before, after: null }, async () =>
        this.publisher.unpublish(incident),
      );
    });
  }

  async #ownFacts(): Promise<CalendarFact[]> {
    const { entries } = await this.calendar();
    return entries.filter(({ origin }) => origin === 'user').map(({ fact }) => fact);
  }

  /** What is said of a livestream changes the calendar as any other form does. */
  #live(admin: Admin): LiveCalendar {
    return {
      read: async () => this.#ownFacts(),
      put: async (facts) => {
        for (const fact of facts) {
          const before = (await this.#find(fact.id)) ?? null;
          const what = before === null ? 'event_add' : 'event_edit';
          await this.#changeCalendar(admin, what, fact.id, { before, after: fact });
        }
      },
    };
  }

  async #find(id: string): Promise<CalendarFact | undefined> {
    const { entries } = await this.calendar();
    return entries.find(({ fact }) => fact.id === id)?.fact;
  }

  async #known(id: string): Promise<CalendarFact> {
    const found = await this.#find(id);
    if (found === undefined) throw new AdminRefusal(`There is no event “${id}”.`);
    return found;
  }

  async #changeCalendar(
    admin: Admin,
    what: AuditAction,
    id: string,
    change: { readonly before: CalendarFact | null; readonly after: CalendarFact | null },
  ): Promise<void> {
    const { calendar } = this.#options;
    await this.#done(admin, what, id, change, async () => {
      await calendar.change(change.after === null ? { remove: id } : { put: [change.after] });
    });
    await calendar.changed();
  }

  /** Logs, does, and logs again where it could not be done. */
  async #done(
    admin: Admin,
    what: AuditAction,
    subject: string,
    { before, after }: { readonly before: unknown; readonly after: unknown },
    act: () => Promise<void>,
  ): Promise<void> {
    await this.#log(admin, what, subject, before, after);
    try {
      await act();
    } catch (error) {
      await this.#log(
        admin,
        what,
        subject,
        before,
        after,
        error instanceof Error ? error.message : String(error),
      );
      throw error;
    }
  }

  async #log(
    { who, how }: Pick<Admin, 'who' | 'how'>,
    what: AuditAction,
    subject: string,
    before: unknown,
    after: unknown,
    failed: string | null = null,
  ): Promise<void> {
    const at = new Date(this.#options.nowMs()).toISOString();
    await this.#options.audit.add({ at, who, how, what, subject, before, after, failed });
  }

  /** One change after the other: each is made on what the one before left. */
  async #alone<T>(task: () => Promise<T>): Promise<T> {
    const mine = this.#tail.then(task);
    this.#tail = mine.catch(() => undefined);
    return mine;
  }
}

/** The same schema as the file's. @throws AdminRefusal with what is wrong, under its key. */
function factOf(made: unknown): CalendarFact {
  const read = CalendarFact.safeParse(made);
  if (read.success) return read.data;
  const said = read.error.issues.map(({ path, message }) => `${path.join('.')}: expected ${message}`);
  throw new AdminRefusal(`${said.join('; ')}.`);
}

/** What people can mend is said to them; anything else is a failure of ours. */
export function isTheirs(error: unknown): error is AdminRefusal | ConfigError {
  return error instanceof AdminRefusal || error instanceof ConfigError;
}
