/** Rules for targets that fail for everybody. */
import { placeKey } from '../address.ts';
import type { Evidence } from '../evidence.ts';
import { mannerOf } from '../failures.ts';
import { SOURCES } from '../rule.ts';
import type { Finding, Rule } from '../rule.ts';

function down(evidence: Evidence, confidence: number, ...reasons: readonly string[]): Finding {
  const { outcome } = evidence;
  return {
    status: 'down',
    layer: outcome.kind === 'failed' ? outcome.stage : null,
    method: null,
    failure: outcome.kind === 'failed' ? outcome.failure : null,
    confidence,
    reasons,
  };
}

function brokenRedirect(evidence: Evidence): Finding | null {
  const { outcome } = evidence;
  if (outcome.kind !== 'failed' || mannerOf(outcome.failure) !== 'redirect') return null;
  return down(
    evidence,
    0.8,
    `${outcome.hop.host} redirects to nowhere (${outcome.failure}): the site’s own fault.`,
  );
}

function controlFails(evidence: Evidence): Finding | null {
  const { outcome, control } = evidence;
  if (control.kind !== 'failed') return null;
  const inside =
    outcome.kind === 'failed' ? `failed with ${outcome.failure}` : 'gave no page that proves itself';
  const confidence = control.live ? (outcome.kind === 'failed' ? 0.85 : 0.5) : 0.4;
  return down(
    evidence,
    confidence,
    `${outcome.hop.host} ${inside}, and the control could not reach it either (${control.failure ?? 'no answer'}).`,
  );
}

/** The name points to addresses that are nobody's, for the control as well. */
function pointsNowhere(evidence: Evidence): Finding | null {
  const { outcome, control, first } = evidence;
  if (control.kind !== 'reached' || outcome.kind !== 'failed' || outcome.stage === 'dns') return null;
  const places = outcome.hop.endpoints.map((endpoint) => placeKey(endpoint.ip, endpoint.port));
  const known = places.filter((place) => control.tcp.has(place));
  if (outcome.stage !== 'tcp' || outcome.hop !== first || known.length === 0) return null;
  if (known.some((place) => control.tcp.get(place) === true) || evidence.consistency === 'inconsistent')
    return null;
  return down(evidence, 0.6, `The control could not connect to ${known.join(', ')} either.`);
}

/** The control sees the same certificate fail at the same address. */
function badCertificate(evidence: Evidence): Finding | null {
  const { outcome, control } = evidence;
  if (control.kind !== 'reached' || outcome.kind !== 'failed' || mannerOf(outcome.failure) !== 'certificate')
    return null;
  if (evidence.consistency === 'inconsistent') return null;
  const failing = outcome.hop.handshakes.filter((seen) => seen.onPath && seen.failure !== null);
  const alike = failing.filter((seen) => mannerOf(control.tls.get(seen.place) ?? '') === 'certificate');
  if (failing.length === 0 || alike.length !== failing.length) return null;
  return down(
    evidence,
    0.7,
    `The control finds the certificate of ${outcome.hop.host} as bad as this vantage does.`,
  );
}

export const DOWN: readonly Rule[] = [
  {
    id: 'down.broken_redirect',
    when: 'The path ends at a redirect that leads nowhere or never ends.',
    says: 'down',
    confidence: '0.8',
    source: 'OONI QA, broken redirects (seen there as http-failure)',
    decide: brokenRedirect,
  },
  {
    id: 'down.control_fails',
    when: 'The control answered and could not reach the target either.',
    says: 'down',
    confidence: '0.85; 0.5 where something did answer inside; 0.4 for an old control',
    source: SOURCES.ooniWeb,
    decide: controlFails,
  },
  {
    id: 'down.addresses_dead',
    when: 'Connects fail at addresses to which the control, which did reach the site, could not connect.',
    says: 'down',
    confidence: '0.6',
    source: SOURCES.ooniWeb,
    decide: pointsNowhere,
  },
  {
    id: 'down.bad_certificate',
    when: 'The certificate fails at the same addresses for the control.',
    says: 'down',
    confidence: '0.7',
    source: SOURCES.ooniWeb,
    decide: badCertificate,
  },
];
