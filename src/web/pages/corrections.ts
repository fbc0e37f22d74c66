/** What an event or a note said before it was changed. */
import { changedFields } from '../../events/corrections.ts';
import type { Correction, ShownField } from '../../events/corrections.ts';
import type { AiqynEvent } from '../../events/event.ts';
import type { IncidentNote } from '../../events/incident-notes.ts';
import type { WebContext } from '../context.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import { timeTag } from './parts.ts';
import { longTime } from '../overview/sentences.ts';
import { whenText } from './event-time.ts';

const TIME_FIELDS: ReadonlySet<ShownField> = new Set(['startMs', 'endMs', 'precision', 'approximate']);

/** A time is one thing to a reader, however many fields it has. */
function shownOnce(fields: readonly ShownField[]): ShownField[] {
  const firstOfTime = fields.find((field) => TIME_FIELDS.has(field));
  return fields.filter((field) => !TIME_FIELDS.has(field) || field === firstOfTime);
}

function statementOf(context: WebContext, { claim }: AiqynEvent): string {
  if (claim === null || claim === undefined) return '';
  const { saidBy, stance } = context.messages.claims;
  const stances: Readonly<Record<string, string>> = stance;
  const who = claim.summary === '' ? claim.who : `${claim.who}: ${claim.summary}`;
  return `${saidBy(stances[claim.stance] ?? claim.stance)} ${who}`;
}

type Say = (context: WebContext, event: AiqynEvent) => string;

const SAID: Readonly<Record<ShownField, Say>> = {
  kind: (context, { kind }) => context.messages.events.kind[kind],
  title: (_context, { title }) => title,
  startMs: whenText,
  endMs: whenText,
  precision: whenText,
  approximate: whenText,
  places: (context, { places }) => places.map(context.names.place).join(', '),
  platforms: (context, { platforms }) => platforms.map(context.names.platform).join(', '),
  actors: (_context, { actors }) => actors.join(' · '),
  sources: (_context, { sources }) => sources.join(' · '),
  notes: (_context, { notes }) => notes ?? '',
  claim: statementOf,
};

function when(context: WebContext, at: string): string {
  return longTime(context, Date.parse(at), context.names.timeZone(undefined));
}

function correctionItem(context: WebContext, { at, before, after }: Correction): Html {
  const { corrections: say } = context.messages;
  const date = when(context, at);
  const fields: readonly ShownField[] =
    after === null ? ['title', 'startMs', 'claim'] : shownOnce(changedFields(before, after));
  const lines = fields.map((field) => {
    const text = SAID[field](context, before);
    return say.field(say.fields[field], text === '' ? say.nothing : text);
  });
  return html`<div class="correction">
    <p class="quiet">
      ${timeTag(Date.parse(at), after === null ? say.takenBack(date) : say.corrected(date))}
    </p>
    <ul class="reasons">
      ${lines.map((line) => html`<li>${line}</li>`)}
    </ul>
  </div>`;
}

/** Of one event, the newest first. */
export function correctionsOf(context: WebContext, id: string): Html | null {
  const all = (context.corrections?.() ?? []).filter(
    ({ before, after }) => before.id === id && after !== null,
  );
  return all.length === 0 ? null : html`${all.toReversed().map((one) => correctionItem(context, one))}`;
}

/** Events that are in the calendar no more: what they said stays visible. `known` are those that are there. */
export function takenBack(context: WebContext, known: ReadonlySet<string>): Html | null {
  const { corrections: say } = context.messages;
  const gone = (context.corrections?.() ?? []).filter(
    ({ before, after }) => after === null && !known.has(before.id),
  );
  if (gone.length === 0) return null;
  return html`<section>
    <h2>${say.title}</h2>
    ${gone.toReversed().map((one) => correctionItem(context, one))}
  </section>`;
}

function earlierNote(context: WebContext, note: IncidentNote, next: IncidentNote): Html {
  const { corrections: say } = context.messages;
  const date = when(context, next.at);
  return html`<div class="correction">
    <p class="quiet">${next.text === '' ? say.noteGone(date) : say.noteBefore(date)}</p>
    <blockquote>${paragraphs(note.text)}</blockquote>
  </div>`;
}

function paragraphs(text: string): Html {
  return html`${text.split(/\n{2,}/).map((one) => html`<p>${one}</p>`)}`;
}

/** The note on an incident, and what it said before; null where there never was one. */
export function noteOf(context: WebContext, incident: string): Html | null {
  const notes = (context.notes?.() ?? []).filter((note) => note.incident === incident);
  const newest = notes.at(-1);
  if (newest === undefined) return null;
  const earlier = notes.slice(0, -1).flatMap((note, index) => {
    const next = notes[index + 1];
    return next === undefined || note.text === '' ? [] : [earlierNote(context, note, next)];
  });
  const { corrections: say } = context.messages;
  const current =
    newest.text === ''
      ? null
      : html`${paragraphs(newest.text)}
          <p class="quiet">${say.noteAt(when(context, newest.at))}</p>`;
  return html`${current} ${earlier.toReversed()}`;
}
