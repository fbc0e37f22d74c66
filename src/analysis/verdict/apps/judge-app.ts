/**
 * Apps: our own `app` probe and OONI's whatsapp, telegram, signal and facebook_messenger. The score is the share of
 * endpoints out of reach, by the weight of their parts, never "one success is enough"; the verdict says which part fails.
 * docs/apps.md lists the rules in words.
 */
import { TEST_NAMES, WebTestKeys } from '../../../../probes/measurement.ts';
import type { AppPartAsked, Measurement } from '../../../../probes/measurement.ts';
import { chainReader, findInterception, isForOthers } from '../certificates.ts';
import { conclude, undecided } from '../conclude.ts';
import type { Handshake } from '../evidence.ts';
import { mannerOf } from '../failures.ts';
import { gather } from '../gather.ts';
import type { Finding } from '../rule.ts';
import type { Knowledge, Verdict } from '../verdict.ts';
import { findingOf } from './finding.ts';
import { OONI_PARTS } from './ooni-parts.ts';
import { seenOf } from './seen.ts';

/** Tests of apps, by `test_name`. */
export const APP_TESTS = [TEST_NAMES.app, ...OONI_PARTS.keys()];

export function judgeApp(measurement: Measurement, knowledge: Knowledge): Verdict {
  return judgeParts(measurement, knowledge, OONI_PARTS.get(measurement.test_name) ?? []);
}

/** Where live video is sent: one part of one endpoint, `input` as `rtmps://host:port`. */
export function judgeIngest(measurement: Measurement, knowledge: Knowledge): Verdict {
  const url = (measurement.input ?? '').replace(/^rtmps:/u, 'tls:');
  if (!/^tls:\/\/[^/:]+:\d+$/u.test(url))
    return undecided('own.unreadable', 'The input is no rtmps://host:port.');
  const words = { works: 'Live video can be sent', fails: 'live video cannot be sent' };
  return judgeParts(measurement, knowledge, [{ id: 'ingest', ...words, weight: 1, endpoints: [{ url }] }]);
}

function judgeParts(measurement: Measurement, knowledge: Knowledge, known: readonly AppPartAsked[]): Verdict {
  if (measurement.x_aiqyn_abort !== undefined) {
    return undecided('own.aborted', `The run ended through our own fault (${measurement.x_aiqyn_abort}).`);
  }
  const parts = seenOf(measurement.test_keys, known);
  if (parts === null) return undecided('own.unreadable', 'The test keys are not readable.');
  const connectivity = measurement.x_aiqyn_connectivity ?? null;
  const handshakes = handshakesOf(measurement, knowledge);
  const forged = interceptionOf(handshakes, knowledge);
  if (forged !== null) return conclude(forged, 'tls.known_interceptor', connectivity);
  const isOoni = measurement.x_aiqyn_vantage === undefined;
  const { finding: seen, rule, score } = findingOf(parts, isOoni);
  const finding = isOtherServer(handshakes, knowledge) ? inPlaceOf(seen) : seen;
  const verdict = conclude(finding, rule, connectivity);
  return verdict.rule === rule ? { ...verdict, score } : verdict;
}

function handshakesOf(measurement: Measurement, knowledge: Knowledge): readonly Handshake[] {
  const keys = WebTestKeys.safeParse(measurement.test_keys);
  return keys.success ? gather(keys.data, knowledge.blockpagesOf).handshakes : [];
}

/** Every certificate that failed was made for other hosts: no forgery of the app's name, but another server in its place. */
function isOtherServer(handshakes: readonly Handshake[], knowledge: Knowledge): boolean {
  const reader = chainReader(knowledge);
  const bad = handshakes.filter(({ failure }) => failure !== null && mannerOf(failure) === 'certificate');
  return bad.length > 0 && bad.every((seen) => isForOthers(reader.chain(seen).leaf?.names ?? [], seen.name));
}

function inPlaceOf(finding: Finding): Finding {
  if (finding.method !== 'forged_certificate') return finding;
  const reason = 'The certificates shown are for other hosts: another server answered in the app’s place.';
  return { ...finding, status: 'blocked', method: 'blockpage', reasons: [...finding.reasons, reason] };
}

function interceptionOf(handshakes: readonly Handshake[], knowledge: Knowledge): Finding | null {
  const found = findInterception(handshakes, knowledge, chainReader(knowledge));
  if (found === null) return null;
  return {
    status: 'intercepted',
    layer: 'tls',
    method: 'forged_certificate',
    failure: found.handshake.failure,
    confidence: found.by === 'issuer' ? 0.8 : 0.98,
    reasons: [
      `The chain of ${found.handshake.name} holds the ${found.by} of the known interceptor ${found.interceptor.id}.`,
    ],
  };
}
