/** HTML by tagged template: every value is escaped unless it is HTML that this tag made. */

const made = Symbol('html');

/** Markup that is safe to send: made by `html` or by our own chart renderer. */
export interface Html {
  readonly [made]: true;
  readonly text: string;
}

export type HtmlValue = string | number | Html | null | undefined | false | readonly HtmlValue[];

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Escapes for element content and for quoted attribute values. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);
}

function isHtml(value: HtmlValue): value is Html {
  return typeof value === 'object' && value !== null && made in value;
}

function render(value: HtmlValue): string {
  if (value === null || value === undefined || value === false) return '';
  if (typeof value === 'string') return escapeHtml(value);
  if (typeof value === 'number') return String(value);
  if (isHtml(value)) return value.text;
  return value.map(render).join('');
}

/** Markup from a source that is ours (a chart). Never give it text that came from outside. */
export function trusted(text: string): Html {
  return { [made]: true, text };
}

const tightened = new WeakMap<TemplateStringsArray, readonly string[]>();

/** A template's own line breaks and indents are for whoever reads the source: a page of few bytes has none. */
function tighten(strings: TemplateStringsArray): readonly string[] {
  const known = tightened.get(strings);
  if (known !== undefined) return known;
  const tight = strings.map((text) => text.replace(/\s*\n\s*/g, ' '));
  tightened.set(strings, tight);
  return tight;
}

/** Null, undefined and false render as nothing; arrays are joined. Attribute values must stand in quotes. */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  const pieces = tighten(strings);
  let text = pieces[0] ?? '';
  values.forEach((value, index) => {
    text += render(value) + (pieces[index + 1] ?? '');
  });
  return trusted(text);
}
