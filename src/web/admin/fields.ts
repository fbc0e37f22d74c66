/** Fields of forms. No script, no style of their own. */
import { html } from '../html.ts';
import type { Html } from '../html.ts';

const LINES = 3;

export function field(label: string, name: string, value: string, type: 'text' | 'password' = 'text'): Html {
  return html`<p>
    <label
      >${label}<br />
      <input type="${type}" name="${name}" value="${value}" autocomplete="off" size="60"
    /></label>
  </p>`;
}

export function area(label: string, name: string, value: string): Html {
  // A line break right behind the tag is dropped by readers: one is put there for it.
  return html`<p>
    <label
      >${label}<br />
      <textarea name="${name}" rows="${LINES}" cols="60">${value}</textarea>
    </label>
  </p>`;
}

export function checkbox(label: string, name: string, isChecked: boolean): Html {
  return html`<p>
    <label
      ><input type="checkbox" name="${name}" value="yes" ${isChecked ? html`checked` : ''} /> ${label}</label
    >
  </p>`;
}

/** @param empty shown for the option whose value is empty. */
export function choice(
  label: string,
  name: string,
  options: readonly string[],
  chosen: string,
  empty = '',
): Html {
  return html`<p>
    <label
      >${label}<br />
      <select name="${name}">
        ${options.map(
          (value) =>
            html`<option value="${value}" ${value === chosen ? html`selected` : ''}>
              ${value === '' ? empty : value}
            </option>`,
        )}
      </select></label
    >
  </p>`;
}

/** `2026-03-12 15:47 UTC` of an instant; a month or a day as it is. */
export function instantText(written: string): string {
  return written.replace(/T(\d\d:\d\d)(?::\d\d(?:\.\d+)?)?Z$/, ' $1 UTC');
}

/** A form that is sent to one of our own addresses; `token` shows that this page was ours, too. */
export function form(action: string, token: string | null, body: Html, button: string): Html {
  return html`<form method="post" action="${action}" accept-charset="utf-8">
    ${token === null ? null : html`<input type="hidden" name="formToken" value="${token}" />`} ${body}
    <p><button type="submit">${button}</button></p>
  </form>`;
}
