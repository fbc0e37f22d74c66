/**
 * A page against the control's, in OONI's way (web_connectivity: status, body length, title, uncommon header names),
 * written anew. Null means that the two sides leave nothing to compare.
 */
import type { ControlPage, Fetch } from './evidence.ts';

/** OONI's threshold: the shorter body is at least this share of the longer. */
export const BODY_PROPORTION_MIN = 0.7;

export interface Comparison {
  readonly status: boolean;
  readonly body: boolean | null;
  readonly title: boolean | null;
  readonly headers: boolean | null;
}

export function comparePages(inside: Fetch, control: ControlPage): Comparison {
  return {
    status: inside.code === control.code,
    body: compareBodies(inside.bodyBytes, control.bodyBytes),
    title: compareTitles(inside.title, control.title),
    headers: compareHeaders(inside.headerNames, control.headerNames),
  };
}

/** The same page as far as can be told: status, and at least one of the rest (or nothing else to compare). */
export function isSamePage({ status, body, title, headers }: Comparison): boolean {
  if (!status) return false;
  const seen = [body, title, headers].filter((same) => same !== null);
  return seen.length === 0 || seen.includes(true);
}

/** The control's page in all that can be compared, and something could be. */
export function isUnchanged({ status, body, title, headers }: Comparison): boolean {
  const seen = [body, title, headers].filter((same) => same !== null);
  return status && seen.length > 0 && !seen.includes(false);
}

/** Another page: at least two things differ and nothing agrees. One difference alone is what dynamic pages do. */
export function isOtherPage({ body, title, headers }: Comparison): boolean {
  const seen = [body, title, headers].filter((same) => same !== null);
  return seen.length >= 2 && !seen.includes(true);
}

/** What differs, in words; for reasons. */
export function differences(comparison: Comparison): string {
  const words = [
    comparison.status ? null : 'status',
    comparison.body === false ? 'length' : null,
    comparison.title === false ? 'title' : null,
    comparison.headers === false ? 'headers' : null,
  ].filter((word) => word !== null);
  return words.length === 0 ? 'nothing' : words.join(', ');
}

function compareBodies(inside: number | null, control: number | null): boolean | null {
  if (inside === null || control === null || inside === 0 || control === 0) return null;
  return Math.min(inside, control) / Math.max(inside, control) >= BODY_PROPORTION_MIN;
}

/** OONI compares words of five letters and more; the first such word decides there, a shared one here. */
const WORD = /[\p{L}\p{N}]{5,}/gu;
const TITLE_CHARS_MAX = 500;

function compareTitles(inside: string | null, control: string | null): boolean | null {
  if (inside === null || control === null) return null;
  const left = wordsOf(inside);
  const right = wordsOf(control);
  if (left.size === 0 || right.size === 0) return inside === control ? true : null;
  return [...left].some((word) => right.has(word));
}

function wordsOf(title: string): Set<string> {
  return new Set(title.slice(0, TITLE_CHARS_MAX).toLowerCase().match(WORD) ?? []);
}

/** Headers that any server may send, so that sharing them says nothing. */
const COMMON = new Set([
  'accept-ranges',
  'access-control-allow-origin',
  'age',
  'cache-control',
  'connection',
  'content-encoding',
  'content-language',
  'content-length',
  'content-type',
  'date',
  'etag',
  'expires',
  'keep-alive',
  'last-modified',
  'location',
  'pragma',
  'server',
  'set-cookie',
  'transfer-encoding',
  'vary',
  'via',
  'x-powered-by',
]);

function compareHeaders(inside: readonly string[], control: readonly string[]): boolean | null {
  const wanted = control.filter((name) => !COMMON.has(name));
  if (wanted.length === 0) return null;
  return wanted.some((name) => inside.includes(name));
}

/** Statuses with which sites turn a visitor away: CAPTCHA pages, rate limits, regional refusals, their own failures. */
export function isRefusal(code: number): boolean {
  return code === 401 || code === 403 || code === 429 || (code >= 500 && code <= 599);
}

/** The refusal bears the site's own marks: a header that the control saw too, or the same named front. */
export function bearsSitesMarks(inside: Fetch, control: ControlPage, comparison: Comparison): boolean {
  if (comparison.headers === true) return true;
  const front = inside.server.toLowerCase();
  return CDN_FRONTS.some((name) => front.startsWith(name)) && control.server.toLowerCase() === front;
}

const CDN_FRONTS = ['cloudflare', 'akamai', 'ddos-guard', 'cloudfront', 'qrator', 'gws', 'fastly'] as const;

/** Whether two hosts plainly belong together: one ends in the other's last two labels. */
export function isSameSite(left: string, right: string): boolean {
  return siteOf(left) === siteOf(right);
}

function siteOf(host: string): string {
  return host.split('.').slice(-2).join('.');
}
