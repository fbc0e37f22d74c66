/**
 * A sentence whose operators and places lead to their pages, in every language: the sentence is made of marked names, and the marks become
 * links afterwards. So a language's sentences stay whole, wherever in them it puts a name.
 */
import type { WebContext } from '../context.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { NameBook } from '../names.ts';
import { operatorLink, placeLink } from './links.ts';

type Voice = Pick<WebContext, 'messages' | 'names'>;

const LINKS = { operator: operatorLink, place: placeLink } as const;
type Kind = keyof typeof LINKS;

/** Of Unicode's private use: no name and no sentence has them. */
const [BEGIN, MIDDLE, END] = ['\uE000', '\uE001', '\uE002'];
const MARKED = new RegExp(`${BEGIN}(operator|place) ([^${MIDDLE}]*)${MIDDLE}([^${END}]*)${END}`, 'u');

function marked(kind: Kind, id: string, name: string): string {
  return `${BEGIN}${kind} ${id}${MIDDLE}${name}${END}`;
}

/** Names that say what they are of, where that has a page. */
function markedNames(names: NameBook): NameBook {
  return {
    ...names,
    operator: (asn) => {
      const id = names.operatorId(asn);
      if (id === null) return names.operator(asn);
      // By its first AS number: an operator that has several is still named once.
      return marked('operator', names.asnsOf(id)[0] ?? asn, names.operator(asn));
    },
    place: (id) => (names.hasPlace(id) ? marked('place', id, names.place(id)) : names.place(id)),
  };
}

function isKind(text: string): text is Kind {
  return text in LINKS;
}

/** @param text what `write` made of marked names */
function withLinks(voice: Voice, text: string): Html {
  // Plain text, kind, id and name in turn.
  const parts = text.split(MARKED);
  const pieces: (string | Html)[] = [];
  for (let n = 0; n < parts.length; n += 4) {
    const [plain = '', kind = '', id = ''] = parts.slice(n, n + 3);
    pieces.push(plain);
    if (isKind(kind)) pieces.push(LINKS[kind](voice, id));
  }
  return html`${pieces}`;
}

/** @param write makes a sentence with the names that it is given */
export function linkedSentence<T extends Voice>(context: T, write: (voice: T) => string): Html {
  const [sentence] = linkedSentences(context, (voice) => [write(voice)]);
  return sentence ?? html``;
}

/** The same for several. */
export function linkedSentences<T extends Voice>(
  context: T,
  write: (voice: T) => readonly string[],
): readonly Html[] {
  return write({ ...context, names: markedNames(context.names) }).map((text) => withLinks(context, text));
}
