/** Rules for requests and pages in clear text, and for bodies that stop or crawl. */
import { differences, isOtherPage, isRefusal, isUnchanged } from '../compare.ts';
import type { Evidence, Fetch, Hop } from '../evidence.ts';
import { mannerOf } from '../failures.ts';
import {
  CONFIDENCE_MAX_WITHOUT_CONTROL,
  controlReached,
  controlUnasked,
  inconclusive,
  SOURCES,
  someOf,
} from '../rule.ts';
import type { Finding, Rule } from '../rule.ts';
import type { Method, Status } from '../verdict.ts';
import { isProven, pageOf } from './ok.ts';

function http(
  status: Status,
  method: Method | null,
  confidence: number,
  failure: string | null,
  ...reasons: readonly string[]
): Finding {
  return { status, layer: 'http', method, failure, confidence, reasons };
}

function knownBlockPage(evidence: Evidence): Finding | null {
  const marks = evidence.followed.flatMap((fetch) => fetch.fingerprints);
  if (marks.length === 0 || isSites(evidence)) return null;
  const isLive = controlReached(evidence);
  const shown = `${evidence.first.host} led to a known block page (${someOf(marks)}) under no certificate of its own.`;
  if (!isLive && !controlUnasked(evidence)) {
    return inconclusive(null, shown, 'The control failed at that time, so nobody is called blocked.');
  }
  return http('blocked', 'blockpage', isLive ? 0.9 : CONFIDENCE_MAX_WITHOUT_CONTROL - 0.1, null, shown);
}

/** Fingerprints alone are generic: a page that is proven, or is the control's own, is no block page. */
function isSites(evidence: Evidence): boolean {
  if (isProven(evidence) || evidence.control.kind === 'failed') return true;
  const comparison = pageOf(evidence)?.comparison ?? null;
  return controlReached(evidence) && comparison !== null && isUnchanged(comparison);
}

/** The bounds of "slow": at least this many times slower than the control, and slower than this at all. */
const SLOW_RATIO_MIN = 10;
const SLOW_BYTES_PER_SECOND_MAX = 10_000;

function slowBody(evidence: Evidence): Finding | null {
  const page = pageOf(evidence);
  // A proxy has a speed of its own.
  if (evidence.isProxied) return null;
  const theirs = evidence.control.page?.bytesPerSecond;
  const ours = page?.fetch.bytesPerSecond;
  if (page === null || theirs == null || ours == null || !controlReached(evidence)) return null;
  if (ours > SLOW_BYTES_PER_SECOND_MAX || theirs < ours * SLOW_RATIO_MIN) return null;
  return http(
    'throttled',
    'rate_limit',
    0.6,
    null,
    `The page of ${page.hop.host} came at ${Math.round(ours)} bytes/s; the control had ${Math.round(theirs)} bytes/s.`,
  );
}

interface Break {
  readonly hop: Hop;
  readonly failure: string;
  /** A fetch that had its status line before it broke; null where none had. */
  readonly begun: Fetch | null;
}

function breakOf(evidence: Evidence): Break | null {
  const { outcome } = evidence;
  if (!controlReached(evidence) || outcome.kind !== 'failed' || outcome.stage !== 'http') return null;
  const { hop, failure } = outcome;
  return {
    hop,
    failure,
    begun: hop.fetches.find((fetch) => fetch.failure === failure && fetch.code > 0) ?? null,
  };
}

function stalledBody(evidence: Evidence): Finding | null {
  const broken = breakOf(evidence);
  if (broken?.begun == null || mannerOf(broken.failure) !== 'drop') return null;
  const isControls = broken.begun.code === evidence.control.page?.code;
  return http(
    'throttled',
    'stall',
    isControls ? 0.65 : 0.5,
    broken.failure,
    `${broken.hop.host} answered with status ${broken.begun.code}${isControls ? ', as it did the control' : ''}, and then the body stood still (${broken.failure}).`,
  );
}

/** Under TLS nobody on the way can read the page that was cut; in clear text it is what keyword filters do. */
function brokenOff(evidence: Evidence): Finding | null {
  const broken = breakOf(evidence);
  if (broken?.begun == null) return null;
  const manner = mannerOf(broken.failure);
  if (broken.hop.secure || (manner !== 'reset' && manner !== 'eof')) {
    return inconclusive(broken.failure, `The answer of ${broken.hop.host} broke off (${broken.failure}).`);
  }
  return http(
    'blocked',
    manner,
    0.5,
    broken.failure,
    `${broken.hop.host} began to answer in clear text and was cut off (${broken.failure}); the control has the page.`,
  );
}

function requestFails(evidence: Evidence): Finding | null {
  const broken = breakOf(evidence);
  if (broken === null) return null;
  const manner = mannerOf(broken.failure);
  if (manner !== 'drop' && manner !== 'reset' && manner !== 'eof' && manner !== 'refused') return null;
  return http(
    'blocked',
    manner,
    broken.hop.secure ? 0.65 : 0.8,
    broken.failure,
    `The request to ${broken.hop.host} failed with ${broken.failure} before any answer; the control has the page.`,
  );
}

const UNAVAILABLE_FOR_LEGAL_REASONS = 451;

/** Servers that fail or limit do so everywhere; 403 is also what block pages are sent with. */
function decidesNothing(code: number): boolean {
  return isRefusal(code) && code !== 403;
}

function otherPage(evidence: Evidence): Finding | null {
  const page = pageOf(evidence);
  if (page?.comparison == null || !controlReached(evidence)) return null;
  const { hop, fetch, comparison } = page;
  if (fetch.secure) {
    return inconclusive(
      null,
      `The path led in clear text to ${hop.host}, which is another site than the control’s.`,
    );
  }
  if (decidesNothing(fetch.code)) {
    return inconclusive(
      null,
      `Status ${fetch.code} in clear text: the site’s own trouble or somebody’s, it cannot be told.`,
    );
  }
  if (fetch.code !== UNAVAILABLE_FOR_LEGAL_REASONS && !isOtherPage(comparison)) return null;
  return http(
    'blocked',
    'blockpage',
    comparison.status ? 0.75 : 0.55,
    null,
    `${hop.host} showed another page than the control’s in clear text (status ${fetch.code}; differing: ${differences(comparison)}).`,
  );
}

export const HTTP_FIRST: readonly Rule[] = [
  {
    id: 'http.known_block_page',
    when: 'The page, or a redirect to it, bears the fingerprint of a catalogued block page, no certificate proves it the site’s, and it is not the control’s page.',
    says: 'blocked / http / blockpage; inconclusive while the control fails',
    confidence: `0.9; ${(CONFIDENCE_MAX_WITHOUT_CONTROL - 0.1).toFixed(1)} without a control`,
    source: 'OONI blocking-fingerprints; Censored Planet',
    decide: knownBlockPage,
  },
  {
    id: 'http.slow_body',
    when: `The body comes at ${SLOW_BYTES_PER_SECOND_MAX} bytes/s or less over 5 s or more, and the control’s at least ${SLOW_RATIO_MIN} times as fast.`,
    says: 'throttled / http / rate_limit',
    confidence: '0.6',
    source: `${SOURCES.throttling2023}; OONI dd-007`,
    decide: slowBody,
  },
];

export const HTTP: readonly Rule[] = [
  {
    id: 'http.stalled_body',
    when: 'Status and headers came, then the body stood still until the deadline, while the control has the page.',
    says: 'throttled / http / stall',
    confidence: '0.65 for the control’s status; else 0.5',
    source: 'OONI QA, throttling (seen there as http-failure); OONI dd-007',
    decide: stalledBody,
  },
  {
    id: 'http.broken_off',
    when: 'An answer began and was reset or ended, while the control has the page.',
    says: 'blocked / http / reset, eof in clear text; inconclusive under TLS',
    confidence: '0.5',
    source: 'Geneva 2020 (Kazakhstan’s filter of plain HTTP)',
    decide: brokenOff,
  },
  {
    id: 'http.request_fails',
    when: 'The request gets no answer, a reset or an end, while the control has the page.',
    says: 'blocked / http / drop, reset, eof',
    confidence: '0.8 in clear text, 0.65 under TLS',
    source: SOURCES.ooniWeb,
    decide: requestFails,
  },
  {
    id: 'http.other_page',
    when: 'A page in clear text is another than the control’s in two ways and alike in none (or says 451). Statuses of failing servers decide nothing.',
    says: 'blocked / http / blockpage; inconclusive after a clear-text redirect to another site',
    confidence: '0.75 for the control’s status, else 0.55',
    source: SOURCES.ooniWeb,
    decide: otherPage,
  },
];
