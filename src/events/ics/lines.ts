/** Content lines of iCalendar (RFC 5545, 3.1): unfolding, parameters, text escapes; and the way back. */

const LINE_OCTETS_MAX = 75;

export interface ContentLine {
  /** Upper case. */
  readonly name: string;
  /** Names in upper case; values as written, without quotes. */
  readonly parameters: ReadonlyMap<string, string>;
  readonly value: string;
}

/** A line that begins with a space or a tab goes on with the one before. Line ends of any system are taken. */
export function unfold(text: string): string[] {
  return text
    .replace(/^\uFEFF/, '')
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(/\n[ \t]/g, '')
    .split('\n')
    .filter((line) => line !== '');
}

/** Null for what is no content line. */
export function parseLine(line: string): ContentLine | null {
  const head =
    /^([A-Za-z0-9-]+)((?:;[A-Za-z0-9-]+=(?:"[^"]*"|[^";:,]*)(?:,(?:"[^"]*"|[^";:,]*))*)*):(.*)$/su.exec(line);
  if (head === null) return null;
  const [, name = '', parameterText = '', value = ''] = head;
  const parameters = new Map<string, string>();
  for (const [, key = '', quoted, plain = ''] of parameterText.matchAll(
    /;([A-Za-z0-9-]+)=(?:"([^"]*)"|([^";]*))/g,
  ))
    parameters.set(key.toUpperCase(), quoted ?? plain);
  return { name: name.toUpperCase(), parameters, value };
}

/** TEXT values: `\n`, `\,`, `\;` and `\\` (RFC 5545, 3.3.11). */
export function unescapeText(value: string): string {
  return value.replaceAll(/\\([\\;,nN])/g, (_, character: string) =>
    character === 'n' || character === 'N' ? '\n' : character,
  );
}

/** A list in one value, such as CATEGORIES; an escaped comma does not part it. */
export function splitList(value: string): string[] {
  return (value.match(/(?:\\.|[^,\\])+/gsu) ?? []).map((part) => unescapeText(part).trim()).filter(Boolean);
}

export function escapeText(text: string): string {
  return text
    .replaceAll(/[\\;,]/g, (character) => `\\${character}`)
    .replaceAll(/\r\n?|\n/g, '\\n')
    .replaceAll(/\p{Cc}/gu, ' ');
}

/** At most 75 octets on each physical line, without cutting a character in two. */
export function fold(line: string): string {
  const rows: string[] = [];
  let row = '';
  let octets = 0;
  for (const character of line) {
    const size = Buffer.byteLength(character);
    if (octets + size > LINE_OCTETS_MAX) {
      rows.push(row);
      row = ' ';
      octets = 1;
    }
    row += character;
    octets += size;
  }
  return [...rows, row].join('\r\n');
}
