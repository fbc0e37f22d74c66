/**
 * QUIC: is HTTP/3 to the target dropped by its name? A handshake that is met with silence is compared with one to the same
 * address under a harmless name. Where both are silent UDP 443 may be closed for everybody, so that is said with too
 * little confidence to open an incident. docs/quic.md tells it in words.
 */
import { QuicTestKeys } from '../../../probes/measurement.ts';
import type { Measurement, QuicHandshake } from '../../../probes/measurement.ts';
import { conclude, undecided } from './conclude.ts';
import { inconclusive } from './rule.ts';
import type { Finding } from './rule.ts';
import type { Verdict } from './verdict.ts';

const TIMEOUT = 'generic_timeout_error';
/** Below CONFIDENCE_FLOOR: shown, and never an incident. */
export const CONFIDENCE_BOTH_SILENT = 0.3;

interface Found {
  readonly rule: string;
  readonly finding: Finding;
}

export function judgeQuic(measurement: Measurement): Verdict {
  if (measurement.x_aiqyn_abort !== undefined) {
    return undecided('own.aborted', `The run ended through our own fault (${measurement.x_aiqyn_abort}).`);
  }
  const keys = QuicTestKeys.safeParse(measurement.test_keys);
  if (!keys.success) return undecided('own.unreadable', 'The test keys are not readable.');
  const { rule, finding } = findingOf(keys.data.x_aiqyn_quic_handshakes);
  return conclude(finding, rule, measurement.x_aiqyn_connectivity ?? null);
}

function findingOf(handshakes: readonly QuicHandshake[]): Found {
  const ours = handshakes.filter(({ role }) => role === 'target');
  if (ours.some(({ failure }) => failure === null)) return works();
  const [first] = ours;
  if (first === undefined) return open('quic.nothing_tried', null, 'No QUIC handshake was tried.');
  const odd = ours.find(({ failure }) => failure !== TIMEOUT);
  if (odd !== undefined) {
    return open(
      'quic.other_failure',
      odd.failure,
      `The handshake failed, and not by silence (${odd.failure}).`,
    );
  }
  return silent(ours, handshakes);
}

/** Only what went to an address where the target's name met silence is its pair. */
function silent(ours: readonly QuicHandshake[], handshakes: readonly QuicHandshake[]): Found {
  const addresses = new Set(ours.map(({ address }) => address));
  const pairs = handshakes.filter(({ role, address }) => role === 'harmless' && addresses.has(address));
  const said = `QUIC under the target's name was met with silence, ${ours.length} of ${ours.length} times.`;
  const answered = pairs.find(isAnswered);
  if (answered !== undefined) {
    const more = `The same address answered under ${answered.server_name}.`;
    return blocked('quic.sni_drop', 'sni_drop', ours.length > 1 ? 0.8 : 0.7, [said, more]);
  }
  if (pairs.length === 0 || pairs.some(({ failure }) => failure !== TIMEOUT)) {
    return open('quic.no_pair', TIMEOUT, `${said} No harmless name shows whether the name is why.`);
  }
  const more = 'A harmless name was met with silence, too: UDP may be closed here for everybody.';
  return blocked('quic.drop', 'drop', CONFIDENCE_BOTH_SILENT, [said, more]);
}

/** A certificate is an answer, whoever it is for. */
function isAnswered({ failure }: QuicHandshake): boolean {
  return failure === null || failure.startsWith('ssl_');
}

function works(): Found {
  const reasons = ["The QUIC handshake under the target's name completed."];
  const finding = { layer: null, method: null, failure: null, confidence: 0.9, reasons };
  return { rule: 'quic.answers', finding: { ...finding, status: 'ok' } };
}

function blocked(
  rule: string,
  method: 'sni_drop' | 'drop',
  confidence: number,
  reasons: readonly string[],
): Found {
  return {
    rule,
    finding: { status: 'blocked', layer: 'quic', method, failure: TIMEOUT, confidence, reasons },
  };
}

function open(rule: string, failure: string | null, reason: string): Found {
  return { rule, finding: inconclusive(failure, reason) };
}
