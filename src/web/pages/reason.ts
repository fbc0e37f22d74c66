/** What a verdict rests on, in the page's language where its sentence is known, else in English as it was recorded. */
import { readReason } from '../../analysis/verdict/sayings.ts';
import type { Saying } from '../../analysis/verdict/sayings.ts';
import type { WebContext } from '../context.ts';
import type { Html } from '../html.ts';
import { html } from '../html.ts';

type Voice = Pick<WebContext, 'messages'>;

/** Of what was observed only what is no name: lists cut short, spans of amounts, what rings said. */
function valueText({ messages: { reasons, verdict } }: Voice, name: string, value: string): string {
  if (name === 'words') {
    const known: Readonly<Record<string, string>> = verdict.connectivity;
    return value
      .split(' and ')
      .map((word) => (known[word] ?? word).toLowerCase())
      .join(', ');
  }
  return value
    .replace(/ and (\d+) more$/, (_all, count: string) => ` ${reasons.more(count)}`)
    .replace(/^([\d.]+) to ([\d.]+) kB\/s$/, (_all, from: string, to: string) => {
      return `${reasons.range(from, to)} ${reasons.kilobytes}`;
    })
    .replaceAll(/\bunknown\b/g, name === 'networks' ? reasons.unknown : 'unknown');
}

function sayingText(voice: Voice, { code, values }: Saying): string {
  return voice.messages.reasons.say[code].replaceAll(/\{(\w+)\}/g, (_all, name: string) =>
    valueText(voice, name, values[name] ?? ''),
  );
}

/** Null where this version does not know the sentence. */
export function saidInLanguage(voice: Voice, reason: string): string | null {
  if (voice.messages.language === 'en') return reason;
  const sayings = readReason(reason);
  if (sayings === null) return null;
  const text = sayings.map((saying) => sayingText(voice, saying)).join('; ');
  return text.endsWith('.') ? text : `${text}.`;
}

/** What stands in the record in English stays so on every page, and says so to whoever reads it aloud. */
export function asRecorded({ messages }: Pick<WebContext, 'messages'>, text: string): Html {
  return messages.language === 'en' ? html`${text}` : html`<span lang="en">${text}</span>`;
}

/** @param finish makes more of the words in either language, such as names of networks */
export function reasonHtml(
  voice: Voice,
  reason: string,
  finish: (text: string) => string = (text) => text,
): Html {
  const said = saidInLanguage(voice, reason);
  return said === null ? asRecorded(voice, finish(reason)) : html`${finish(said)}`;
}

/** Where some of them stand in English on a page of another language, a line that says why; else nothing. */
export function reasonsNote(voice: Voice, reasons: readonly string[]): Html | null {
  if (reasons.every((reason) => saidInLanguage(voice, reason) !== null)) return null;
  return html`<p class="quiet">${voice.messages.incident.reasonsNote}</p>`;
}
