/** Rules for what works. A success is a success, whatever the control or the rings say. */
import { bearsSitesMarks, comparePages, isOtherPage, isRefusal, isSamePage, isSameSite } from '../compare.ts';
import type { Comparison } from '../compare.ts';
import type { Evidence, Fetch, Hop } from '../evidence.ts';
import { SOURCES } from '../rule.ts';
import type { Finding, Rule } from '../rule.ts';

export interface Page {
  readonly hop: Hop;
  readonly fetch: Fetch;
  /** Null where the control has no page. */
  readonly comparison: Comparison | null;
}

/** The page at the end of the user's path; null where there is none. */
export function pageOf({ outcome, control }: Evidence): Page | null {
  if (outcome.kind !== 'page') return null;
  const { hop, fetch } = outcome;
  return { hop, fetch, comparison: control.page === null ? null : comparePages(fetch, control.page) };
}

function ok(confidence: number, ...reasons: readonly string[]): Finding {
  return { status: 'ok', layer: null, method: null, failure: null, confidence, reasons };
}

/** A redirect in clear text may lead anywhere under a good certificate: the page must then be the control's, or the site's. */
export function isProven(evidence: Evidence): boolean {
  const { outcome, first } = evidence;
  if (outcome.kind !== 'page' || !outcome.fetch.secure) return false;
  if (outcome.secureAllTheWay || isSameSite(outcome.hop.host, first.host)) return true;
  const comparison = pageOf(evidence)?.comparison ?? null;
  return outcome.fetch.fingerprints.length === 0 && comparison !== null && isSamePage(comparison);
}

function securePage(evidence: Evidence): Finding | null {
  const page = pageOf(evidence);
  if (page === null || !isProven(evidence)) return null;
  return ok(
    0.95,
    `${page.hop.host} answered with status ${page.fetch.code} under a certificate that verifies for its name.`,
  );
}

function isTrustedAnswer(evidence: Evidence): boolean {
  if (hasVerifiedHandshake(evidence)) return true;
  return evidence.consistency !== 'inconsistent' && !isDenied(evidence.first);
}

/** An encrypted resolver says that the name does not exist. */
export function isDenied({ lookups }: Hop): boolean {
  return lookups.some((lookup) => lookup.engine === 'encrypted' && lookup.failure === 'dns_nxdomain_error');
}

/** A certificate that verifies proves a strange address to be the site's. */
export function hasVerifiedHandshake({ hops }: Evidence): boolean {
  return hops.some((hop) => hop.handshakes.some((seen) => seen.verified && hop.addresses.includes(seen.ip)));
}

function samePage(evidence: Evidence): Finding | null {
  const page = pageOf(evidence);
  if (page?.comparison == null || !isTrustedAnswer(evidence)) return null;
  if (!isSamePage(page.comparison)) return null;
  return ok(
    0.85,
    `${page.hop.host} answered with status ${page.fetch.code} and the page that the control sees.`,
  );
}

function refusedBySite(evidence: Evidence): Finding | null {
  const page = pageOf(evidence);
  const { page: seen } = evidence.control;
  if (page?.comparison == null || seen === null) return null;
  if (isRefusal(seen.code) && page.fetch.code < 400) {
    return ok(
      0.55,
      `${page.hop.host} answers here, while it turned the control away with status ${seen.code}.`,
    );
  }
  if (!isRefusal(page.fetch.code) || !bearsSitesMarks(page.fetch, seen, page.comparison)) return null;
  return ok(
    0.6,
    `${page.hop.host} itself turned this visitor away with status ${page.fetch.code}: the answer bears the marks that the control sees.`,
  );
}

function unlikeNothing(evidence: Evidence): Finding | null {
  const page = pageOf(evidence);
  if (page?.comparison == null || !isTrustedAnswer(evidence)) return null;
  if (!page.comparison.status || isOtherPage(page.comparison)) return null;
  return ok(
    0.55,
    `${page.hop.host} answered with the control’s status; too little differs to call it another page.`,
  );
}

function pageWithoutControl(evidence: Evidence): Finding | null {
  const page = pageOf(evidence);
  if (page?.comparison !== null || page.fetch.fingerprints.length > 0) return null;
  if (page.fetch.code >= 400 || !isTrustedAnswer(evidence) || strays(evidence, page)) return null;
  return ok(
    0.6,
    `${page.hop.host} answered with status ${page.fetch.code}; no control has a page to compare it with.`,
  );
}

/** Led to another site by an answer in clear text, or pointed there without being followed: that proves nothing. */
function strays({ first, followed }: Evidence, { hop, fetch }: Page): boolean {
  const isLedInClear = followed.slice(0, -1).some((before) => !before.secure);
  if (isLedInClear && !isSameSite(hop.host, first.host)) return true;
  if (fetch.code < 300 || fetch.location === '') return false;
  return (
    !URL.canParse(fetch.location, fetch.href) ||
    !isSameSite(new URL(fetch.location, fetch.href).hostname, hop.host)
  );
}

function handshake({ outcome }: Evidence): Finding | null {
  if (outcome.kind !== 'handshake') return null;
  return ok(
    0.8,
    `${outcome.hop.host} completed a handshake under a certificate that verifies; no page was asked for.`,
  );
}

export const OK: readonly Rule[] = [
  {
    id: 'ok.secure_page',
    when: 'The user’s path ends at an answer of any status under a certificate that verifies for the site’s name.',
    says: 'ok',
    confidence: '0.95',
    source: SOURCES.ooniWeb,
    decide: securePage,
  },
  {
    id: 'ok.same_page',
    when: 'An answer in clear text has the control’s status and its length, title or an uncommon header.',
    says: 'ok',
    confidence: '0.85',
    source: SOURCES.ooniWeb,
    decide: samePage,
  },
  {
    id: 'ok.refused_by_site',
    when: 'A refusal (401, 403, 429, 5xx: CAPTCHA pages, limits) bears the site’s own headers, or the site refuses only the control.',
    says: 'ok',
    confidence: '0.55–0.6',
    source: 'OONI issue 2661 (CDN pages seen as blocks)',
    decide: refusedBySite,
  },
  {
    id: 'ok.unlike_nothing',
    when: 'An answer in clear text has the control’s status and fewer than two differences.',
    says: 'ok',
    confidence: '0.55',
    source: SOURCES.ooniWeb,
    decide: unlikeNothing,
  },
  {
    id: 'ok.page_without_control',
    when: 'A page in clear text below status 400, from this site, with no control’s page to compare.',
    says: 'ok',
    confidence: '0.6',
    source: SOURCES.ooniWeb,
    decide: pageWithoutControl,
  },
  {
    id: 'ok.handshake',
    when: 'The path ends after a handshake that verified; no page was asked for.',
    says: 'ok',
    confidence: '0.8',
    source: SOURCES.ooniWeb,
    decide: handshake,
  },
];
