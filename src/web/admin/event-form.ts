/** An event as a form has it, and back. What it becomes goes through the schema of the calendar's file. */
import { idFor } from '../../events/imports/from.ts';
import { CONFIDENCES, EVENT_KINDS, EVENT_PRECISIONS, STANCES } from '../../events/event.ts';
import { precisionAsWritten } from '../../events/fact.ts';
import type { CalendarFact } from '../../events/fact.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import { enAdmin } from '../messages/en/admin.ts';
import { area, checkbox, choice, field } from './fields.ts';

/** What a form sent: every value is text. */
export type Form = Readonly<Record<string, string>>;

function claimForm(claim: CalendarFact['claim']): Form {
  if (claim === null) return {};
  const { stance, who, summary, operators = [], places = [] } = claim;
  return {
    stance,
    who,
    said: summary,
    aboutOperators: operators.join('\n'),
    aboutPlaces: places.join('\n'),
  };
}

function endForm(end: CalendarFact['end']): string {
  return end === null ? '?' : (end ?? '');
}

/** Of one that is added as of one that is opened. */
export function formOf(fact: CalendarFact | null): Form {
  if (fact === null) return { kind: 'rally', confidence: 'medium' };
  const { id, kind, start, end, precision, titles, confidence, notes = '', claim } = fact;
  const { en: titleEn = '', ru: titleRu = '', kk: titleKk = '' } = titles;
  return {
    ...{ id, kind, start, end: endForm(end), precision, titleEn, titleRu, titleKk, confidence, notes },
    ...(fact.approximate ? { approximate: 'yes' } : {}),
    places: fact.places.join('\n'),
    actors: fact.actors.join('\n'),
    platforms: fact.platforms.join('\n'),
    sources: fact.sources.join('\n'),
    ...claimForm(claim),
  };
}

function textIn(form: Form, name: string): string {
  return (form[name] ?? '').replaceAll('\r\n', '\n').trim();
}

function linesIn(form: Form, name: string): string[] {
  return textIn(form, name)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** Without what is empty. */
function filled<T>(values: Readonly<Record<string, T | undefined>>): Record<string, T | undefined> {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined && value !== ''),
  );
}

function claimIn(form: Form): object | null {
  const stance = textIn(form, 'stance');
  if (stance === '') return null;
  const [operators, places] = [linesIn(form, 'aboutOperators'), linesIn(form, 'aboutPlaces')];
  return {
    stance,
    who: textIn(form, 'who'),
    summary: textIn(form, 'said'),
    ...(operators.length === 0 ? {} : { operators }),
    ...(places.length === 0 ? {} : { places }),
  };
}

/**
 * What the form says, not checked yet.
 * @param before the event that was opened: what no field shows stays as it was.
 * @param placeId the catalogue's id for a place as people write it.
 */
export function factIn(form: Form, before: CalendarFact | null, placeId: (name: string) => string): unknown {
  const start = textIn(form, 'start');
  const end = textIn(form, 'end');
  const titles = { en: textIn(form, 'titleEn'), ru: textIn(form, 'titleRu'), kk: textIn(form, 'titleKk') };
  const title = Object.values(titles).find((one) => one !== '') ?? '';
  const given = textIn(form, 'id');
  return {
    id: before?.id ?? (given === '' ? idFor(start, title) : given),
    kind: textIn(form, 'kind'),
    start,
    ...(end === '' ? {} : { end: end === '?' ? null : end }),
    precision: textIn(form, 'precision') || precisionAsWritten(start),
    approximate: form['approximate'] !== undefined,
    titles: filled(titles),
    places: linesIn(form, 'places').map(placeId),
    actors: linesIn(form, 'actors'),
    platforms: linesIn(form, 'platforms'),
    sources: linesIn(form, 'sources'),
    confidence: textIn(form, 'confidence'),
    claim: claimIn(form),
    ...filled({ notes: textIn(form, 'notes'), partOf: before?.partOf }),
  };
}

export function eventFields(form: Form, isNew: boolean): Html {
  const { fields: say } = enAdmin;
  function text(name: keyof typeof say): Html {
    return field(say[name], name, form[name] ?? '');
  }
  function lines(name: keyof typeof say): Html {
    return area(say[name], name, form[name] ?? '');
  }
  return html`${isNew ? text('id') : null} ${choice(say.kind, 'kind', EVENT_KINDS, form['kind'] ?? '')}
    ${text('start')} ${text('end')}
    ${choice(say.precision, 'precision', ['', ...EVENT_PRECISIONS], form['precision'] ?? '', enAdmin.asWritten)}
    ${checkbox(say.approximate, 'approximate', form['approximate'] !== undefined)} ${text('titleEn')}
    ${text('titleRu')} ${text('titleKk')} ${lines('places')} ${lines('actors')} ${lines('platforms')}
    ${lines('sources')} ${choice(say.confidence, 'confidence', CONFIDENCES, form['confidence'] ?? '')}
    ${lines('notes')}
    <fieldset>
      <legend>${enAdmin.statement}</legend>
      ${choice(say.stance, 'stance', ['', ...STANCES], form['stance'] ?? '', enAdmin.noStance)} ${text('who')}
      ${lines('said')} ${lines('aboutOperators')} ${lines('aboutPlaces')}
    </fieldset>`;
}
