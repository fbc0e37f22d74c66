/** What of a served page goes into the record: by default its length, title, hash and the block pages it matches. */
import type { HttpResponse } from '../network.ts';
import { isPrivateHeader, scrubAddresses, scrubUrl } from '../scrub.ts';
import type { Blockpage } from './blockpage.ts';

const TITLE_LENGTH_MAX = 256;
const CHARSET_HEADER = /charset="?([\w-]+)/i;
const CHARSET_META = /<meta[^>]{0,200}charset=["']?([\w-]+)/i;
/** Where a page names its own charset, by the HTML standard. */
const META_BYTES_MAX = 1_024;
const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
};

export interface PageOptions {
  readonly blockpages: readonly Blockpage[];
  readonly keepBodies: boolean;
}

export function recordPage(response: HttpResponse, options: PageOptions) {
  const bodyText = decodeBody(response);
  const title = titleOf(bodyText);
  const page = { bodyText, title, headers: response.headers };
  return {
    code: response.code,
    headers: recordHeaders(response.headers),
    body: options.keepBodies ? scrubAddresses(bodyText) : '',
    body_is_truncated: response.isBodyTruncated,
    x_aiqyn_body_bytes: response.body.length,
    x_aiqyn_body_title: scrubAddresses(title),
    x_aiqyn_body_sha256: response.bodySha256,
    x_aiqyn_body_fingerprints: options.blockpages.filter((one) => one.matches(page)).map((one) => one.id),
  };
}

/** Names stay, because they are compared with the control's; cookies and addresses do not. */
function recordHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => {
      if (isPrivateHeader(name)) return [name, ''];
      return [name, name === 'location' ? scrubUrl(value) : scrubAddresses(value)];
    }),
  );
}

/** A body as text in the charset that its header or the page itself names; UTF-8 where neither does. */
export function decodeBody(response: Pick<HttpResponse, 'body' | 'headers'>): string {
  const named = CHARSET_HEADER.exec(response.headers['content-type'] ?? '')?.[1];
  const start = new TextDecoder('latin1').decode(response.body.subarray(0, META_BYTES_MAX));
  return decodeAs(named ?? CHARSET_META.exec(start)?.[1] ?? 'utf-8', response.body);
}

/** A charset nobody knows is read as UTF-8. */
function decodeAs(charset: string, body: Uint8Array): string {
  try {
    return new TextDecoder(charset).decode(body);
  } catch {
    return new TextDecoder('utf-8').decode(body);
  }
}

/** The page's title with entities resolved and white space folded; empty when it has none. */
export function titleOf(html: string): string {
  const start = /<title(?:\s[^>]{0,200})?>/i.exec(html);
  if (start === null) return '';
  const from = start.index + start[0].length;
  const raw = html.slice(from, from + 4 * TITLE_LENGTH_MAX);
  const end = raw.search(/<\/title/i);
  return decodeEntities(end === -1 ? raw : raw.slice(0, end))
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, TITLE_LENGTH_MAX);
}

function decodeEntities(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|([a-z]{2,5}));/gi, (whole, ...found: unknown[]) => {
    const [hex, decimal, name] = found.map((part) => (typeof part === 'string' ? part : ''));
    if (name !== undefined && name !== '') return ENTITIES[name.toLowerCase()] ?? whole;
    const code = hex !== undefined && hex !== '' ? Number.parseInt(hex, 16) : Number(decimal);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '\u{fffd}';
  });
}
