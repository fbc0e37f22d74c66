/** Changes to the user's `events.yaml`, as text to text: what people wrote in it, and their comments, stay. */
import { isMap, isSeq, parseDocument } from 'yaml';
import type { Document } from 'yaml';
import { ConfigError } from '../errors.ts';
import type { CalendarFact } from './fact.ts';
import { parseUserCalendar } from './calendar.ts';

const HEAD =
  '# Events of your own. They win over those that ship with Aiqyn; `removed` takes shipped ones out.\n' +
  '# A running monitor reads this file again within a minute of a change. docs/events.md explains the keys.\n';
const LINE_WIDTH = 110;

/** Defaults are not written: a person reads this file. */
function plainOf(fact: CalendarFact): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fact).filter(([key, value]) => {
      if (Array.isArray(value)) return value.length > 0;
      return key === 'end' ? value !== undefined : value !== undefined && value !== null && value !== false;
    }),
  );
}

function open(text: string, fileName: string): Document {
  // A wrong file is refused before it is changed.
  parseUserCalendar(text, fileName);
  const document: Document = parseDocument(text);
  if (!isMap(document.contents)) {
    document.contents = document.createNode({ events: [] });
    document.commentBefore ??= HEAD.trimEnd().replaceAll(/^#/gm, '');
  }
  return document;
}

/** The file must still be one that is accepted: the bounds hold for what is added, too. */
function close(document: Document, fileName: string): string {
  const text = document.toString({ lineWidth: LINE_WIDTH });
  parseUserCalendar(text, fileName);
  return text;
}

function positionOf(document: Document, id: string): number {
  const events = document.get('events');
  if (!isSeq(events)) return -1;
  return events.items.findIndex((item) => isMap(item) && item.get('id') === id);
}

function listOf(document: Document, key: string) {
  const found = document.get(key);
  if (isSeq(found)) {
    // An empty list stands as `[]`; what is added to it reads better on lines of its own.
    if (found.items.length === 0) found.flow = false;
    return found;
  }
  const made = document.createNode([]);
  document.set(key, made);
  made.flow = false;
  return made;
}

/** Adds facts; one with an id that is there already takes its place. An id that was removed comes back. */
export function putFacts(text: string, facts: readonly CalendarFact[], fileName: string): string {
  const document = open(text, fileName);
  for (const fact of facts) {
    const node = document.createNode(plainOf(fact));
    const position = positionOf(document, fact.id);
    if (position >= 0) document.setIn(['events', position], node);
    else listOf(document, 'events').add(node);
    restore(document, fact.id);
  }
  return close(document, fileName);
}

function restore(document: Document, id: string): void {
  const removed = document.get('removed');
  if (!isSeq(removed)) return;
  const names: unknown[] = removed.toJSON();
  const position = names.indexOf(id);
  if (position < 0) return;
  removed.delete(position);
  if (removed.items.length === 0) document.delete('removed');
}

/** Takes an event out: the user's own is deleted, a shipped one is named under `removed`. Throws ConfigError for an unknown id. */
export function takeOut(text: string, id: string, isShipped: boolean, fileName: string): string {
  const document = open(text, fileName);
  const position = positionOf(document, id);
  if (position < 0 && !isShipped) throw new ConfigError(fileName, `there is no event "${id}"`);
  if (position >= 0) document.deleteIn(['events', position]);
  if (isShipped) {
    const removed = listOf(document, 'removed');
    const names: unknown[] = removed.toJSON();
    if (!names.includes(id)) removed.add(id);
  }
  return close(document, fileName);
}
