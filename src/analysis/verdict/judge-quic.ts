/**
 * QUIC: is HTTP/3 to the target dropped by its name, for this server, or is UDP closed for everybody? A handshake that meets
 * silence is set against one to the same address under a harmless name, one with another host, and the control's own.
 * docs/quic.md tells it in words. That the platform still answers over TCP is for its other targets to say, so the detector opens no
 * incident for a drop of QUIC alone (src/analysis/detect/evidence.ts).
 */
import { QuicTestKeys } from '../../../probes/measurement.ts';
import type { Measurement } from '../../../probes/measurement.ts';
import { TAG_HARMLESS, TAG_PAIRED } from '../../../probes/observations.ts';
import type { TlsHandshake } from '../../../probes/observations.ts';
import { chainReader, findInterception, isForOthers } from './certificates.ts';
import { conclude, undecided } from './conclude.ts';
import type { Handshake } from './evidence.ts';
import { mannerOf, mostTelling } from './failures.ts';
import type { Manner } from './failures.ts';
import { gather } from './gather.ts';
import { outsideOf } from './quic-outside.ts';
import type { Outside } from './quic-outside.ts';
import { CONFIDENCE_MAX_WITHOUT_CONTROL, inconclusive } from './rule.ts';
import type { Finding } from './rule.ts';
import type { Knowledge, Method, Verdict } from './verdict.ts';

/** Silence once may be two lost datagrams. */
export const TRIES_MIN = 2;
/** Below CONFIDENCE_FLOOR: an office or a modem closes UDP, too. */
export const CONFIDENCE_ALL_SILENT = 0.3;

interface Found {
  readonly rule: string;
  readonly finding: Finding;
}

interface Seen {
  readonly target: readonly TlsHandshake[];
  readonly harmless: readonly TlsHandshake[];
  readonly paired: readonly TlsHandshake[];
  /** Under the target's name over TCP. */
  readonly overTcp: readonly TlsHandshake[];
  readonly outside: Outside;
}

export function judgeQuic(measurement: Measurement, knowledge: Knowledge): Verdict {
  if (measurement.x_aiqyn_abort !== undefined) {
    return undecided('own.aborted', `The run ended through our own fault (${measurement.x_aiqyn_abort}).`);
  }
  const keys = QuicTestKeys.safeParse(measurement.test_keys);
  if (!keys.success) return undecided('own.unreadable', 'The test keys are not readable.');
  const rows = keys.data.quic_handshakes;
  const target = rows.filter(({ tags }) => !tags.includes(TAG_HARMLESS) && !tags.includes(TAG_PAIRED));
  const seen: Seen = {
    target,
    harmless: rows.filter(({ tags }) => tags.includes(TAG_HARMLESS)),
    paired: rows.filter(({ tags }) => tags.includes(TAG_PAIRED)),
    overTcp: keys.data.tls_handshakes,
    outside: outsideOf(
      keys.data,
      target.map(({ address }) => address),
    ),
  };
  const shown = gather({ ...keys.data, tls_handshakes: [...target] }, knowledge.blockpagesOf).handshakes;
  const { rule, finding } = knownForger(shown, knowledge) ?? findingOf(seen, shown, knowledge);
  return conclude(finding, rule, measurement.x_aiqyn_connectivity ?? null);
}

function findingOf(seen: Seen, shown: readonly Handshake[], knowledge: Knowledge): Found {
  const failures = seen.target.map(({ failure }) => failure);
  if (failures.includes(null)) return works();
  const failure = mostTelling(failures.filter((one) => one !== null));
  if (failure === null) {
    return open(
      'quic.nothing_tried',
      null,
      'No QUIC handshake was tried: no address was found, or no time left.',
    );
  }
  const byManner: Partial<Record<Manner, () => Found>> = {
    certificate: () => badCertificate(failure, seen, isAnotherServer(shown, knowledge)),
    drop: () => silent(failure, seen),
    refused: () => refused(failure, seen),
    local: () => open('own.no_route', failure, `This machine has no way there (${failure}).`),
  };
  const said = `The handshake failed, and not by silence (${failure}).`;
  return byManner[mannerOf(failure)]?.() ?? open('quic.other_failure', failure, said);
}

function works(): Found {
  const reasons = ["The QUIC handshake under the target's name completed."];
  const finding = { layer: null, method: null, failure: null, confidence: 0.9, reasons };
  return { rule: 'quic.answers', finding: { ...finding, status: 'ok' } };
}

function knownForger(shown: readonly Handshake[], knowledge: Knowledge): Found | null {
  const found = findInterception(shown, knowledge, chainReader(knowledge));
  if (found === null) return null;
  const reason = `The chain of ${found.handshake.name} over QUIC holds the ${found.by} of the known interceptor ${found.interceptor.id}.`;
  return {
    // The word that stands whatever the rings say.
    rule: 'tls.known_interceptor',
    finding: forged(found.handshake.failure, found.by === 'issuer' ? 0.8 : 0.98, [reason]),
  };
}

function forged(failure: string | null, confidence: number, reasons: readonly string[]): Finding {
  return { status: 'intercepted', layer: 'quic', method: 'forged_certificate', failure, confidence, reasons };
}

/** Every certificate that was shown was made for other hosts: no forgery of the name, but another server in its place. */
function isAnotherServer(shown: readonly Handshake[], knowledge: Knowledge): boolean {
  const reader = chainReader(knowledge);
  const bad = shown.filter(({ failure }) => failure !== null && mannerOf(failure) === 'certificate');
  return bad.every((one) => isForOthers(reader.chain(one).leaf?.names ?? [], one.name));
}

function badCertificate(failure: string, seen: Seen, isOther: boolean): Found {
  const said = `The certificate shown over QUIC does not verify (${failure}).`;
  if (isOther) {
    return open('quic.other_server', failure, `${said} It is for other hosts: another server answered.`);
  }
  if (seen.outside === 'reached') {
    const reasons = [said, 'The control completed the handshake at the same address.'];
    return { rule: 'quic.forgery', finding: forged(failure, 0.85, reasons) };
  }
  if (seen.outside === 'unasked' && isAnsweredOverTcp(seen)) {
    const reasons = [said, 'Over TCP the same server showed one that verifies.'];
    return { rule: 'quic.forgery', finding: forged(failure, CONFIDENCE_MAX_WITHOUT_CONTROL, reasons) };
  }
  return open('quic.bad_certificate', failure, `${said} Nothing shows that the site has another one.`);
}

/** The furthest that a refusal says: there is a machine, and no QUIC at this port. */
function refused(failure: string, seen: Seen): Found {
  const said = `UDP to the target was refused (${failure}).`;
  if (seen.outside !== 'reached') {
    return open('quic.refused_here', failure, `${said} Nothing shows that it speaks QUIC at all.`);
  }
  const reasons = [said, 'The control completed the handshake at the same address.', ...tcpReasons(seen)];
  return blocked('quic.refused', 'refused', { failure, confidence: 0.7, reasons });
}

/** Only what went to an address where the target's name met silence is its pair. */
function silent(failure: string, seen: Seen): Found {
  const { target, outside } = seen;
  const tries = target.filter((row) => row.failure !== null && mannerOf(row.failure) === 'drop');
  const addresses = new Set(tries.map(({ address }) => address));
  const pairs = seen.harmless.filter(({ address }) => addresses.has(address));
  const said = `QUIC under the target's name got no answer, ${tries.length} of ${target.length} times.`;
  if (outside === 'silent') {
    return open(
      'quic.control_fails',
      failure,
      `${said} The control failed at that time, so nobody is called blocked.`,
    );
  }
  if (outside === 'failed') {
    return open(
      'quic.fails_outside',
      failure,
      `${said} It fails for the control, too: the server may speak no QUIC.`,
    );
  }
  const answered = pairs.filter(isAnswered);
  if (answered.length > 0) return nameDropped({ failure, said, seen, tries, answered });
  if (pairs.length === 0 || pairs.some((row) => mannerOf(row.failure ?? '') !== 'drop')) {
    return open('quic.no_pair', failure, `${said} No harmless name shows whether the name is why.`);
  }
  return everyNameSilent(failure, `${said} Nor did a harmless name.`, seen);
}

interface Pairs {
  readonly failure: string;
  readonly said: string;
  readonly seen: Seen;
  readonly tries: readonly TlsHandshake[];
  readonly answered: readonly TlsHandshake[];
}

function nameDropped({ failure, said, seen, tries, answered }: Pairs): Found {
  const places = new Set(answered.map(({ address }) => address));
  const count = tries.filter(({ address }) => places.has(address)).length;
  const names = [...new Set(answered.map(({ server_name }) => server_name))].sort().join(', ');
  const pair = `The same address answered under ${names}.`;
  if (count < TRIES_MIN) {
    return open('quic.tried_once', failure, `${said} ${pair} One silence is no proof.`);
  }
  const isSeenOutside = seen.outside === 'reached';
  const outside = isSeenOutside
    ? 'The control completed the handshake at the same address.'
    : 'No control tried QUIC; the pair speaks for itself.';
  return blocked('quic.name_dropped', 'sni_drop', {
    failure,
    confidence: isSeenOutside ? Math.min(0.95, 0.75 + 0.05 * count) : 0.65,
    reasons: [said, pair, outside, ...tcpReasons(seen)],
  });
}

function everyNameSilent(failure: string, said: string, seen: Seen): Found {
  const paired = seen.paired.find(isAnswered);
  if (paired === undefined) {
    const [other] = seen.paired;
    const why = other === undefined ? 'no other host was tried' : `nor did ${other.server_name}`;
    const reasons = [said, `UDP may be closed here for everybody (${why}).`, ...tcpReasons(seen)];
    return blocked('quic.closed', 'drop', { failure, confidence: CONFIDENCE_ALL_SILENT, reasons });
  }
  const passes = `QUIC passes here: ${paired.server_name} answered.`;
  if (seen.outside !== 'reached') {
    return open(
      'quic.unproven',
      failure,
      `${said} ${passes} Nothing shows that the server still speaks QUIC.`,
    );
  }
  const reasons = [
    said,
    passes,
    'The control completed the handshake at the same address.',
    ...tcpReasons(seen),
  ];
  return blocked('quic.address_dropped', 'drop', { failure, confidence: 0.7, reasons });
}

/** A certificate is an answer, whoever it is for, and so is an alert. */
function isAnswered({ failure }: TlsHandshake): boolean {
  return failure === null || failure.startsWith('ssl_');
}

function isAnsweredOverTcp({ overTcp }: Seen): boolean {
  return overTcp.some(({ failure }) => failure === null);
}

function tcpReasons({ overTcp }: Seen): readonly string[] {
  if (overTcp.some(({ failure }) => failure === null)) return ['Over TCP the same name is answered.'];
  const failure = overTcp.find((row) => row.failure !== null)?.failure;
  return failure == null ? [] : [`Over TCP it fails as well (${failure}).`];
}

type Said = Pick<Finding, 'failure' | 'confidence' | 'reasons'>;

function blocked(rule: string, method: Method, said: Said): Found {
  const confidence = Math.round(said.confidence * 100) / 100;
  return { rule, finding: { ...said, confidence, status: 'blocked', layer: 'quic', method } };
}

function open(rule: string, failure: string | null, reason: string): Found {
  return { rule, finding: inconclusive(failure, reason) };
}
