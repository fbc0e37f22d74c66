/**
 * The sentences that reasons are made of, by a stable code each, so that a page can say them in its reader's language. The record keeps them in
 * English, whole; here they are read again, those of years ago too. A test holds each against what the rules say.
 *
 * `{name}` stands for what was observed. Of two that fit a sentence the first is meant: what is more exact stands before.
 */
export const SAYINGS = {
  // A handshake and its pair under a harmless name.
  pair_silent_after:
    'The handshake with {place} under the name {host} got no answer after {seconds} s; under {names} it was answered.',
  pair_silent:
    'The handshake with {place} under the name {host} got no answer; under {names} it was answered.',
  pair_reset_after:
    'The handshake with {place} under the name {host} was reset after {seconds} s; under {names} it was answered.',
  pair_reset: 'The handshake with {place} under the name {host} was reset; under {names} it was answered.',
  pair_closed_after:
    'The handshake with {place} under the name {host} was closed without an answer after {seconds} s; under {names} it was answered.',
  pair_closed:
    'The handshake with {place} under the name {host} was closed without an answer; under {names} it was answered.',
  pair_speaks: 'There is no control; the pair speaks for itself.',
  handshakes_fail_at: 'Every handshake under the name {host} failed with {failure} ({places}).',
  handshakes_fail: 'Every handshake under the name {host} failed with {failure}.',
  harmless_fails: 'A harmless name to the same address failed as well: the address is cut, not the name.',
  slow_name:
    'The handshake under the name {host} took {slow} s; under a harmless name to the same address {fast} s.',
  // The control.
  control_reached: 'The control reached the target.',
  control_completed: 'The control completed it at the same address.',
  control_completed_handshake: 'The control completed the handshake at the same address.',
  control_failed: 'The control failed at that time, so nobody is called blocked.',
  control_connected: 'The control connected to {places}.',
  control_has_page: 'The control reached the page.',
  control_page_at: 'The control had the page at {rate} kB/s.',
  control_reached_endpoints: 'The control reached what failed here.',
  // Connecting.
  connects_fail: 'Every connect to {host} failed ({places}: {failure}).',
  connect_fails: 'The connect to {host} failed with {failure}.',
  // Names.
  injected_late:
    'A second answer, {milliseconds} ms after the question, held {addresses}: the first was injected on the way.',
  injected: 'A second answer, later, held {addresses}: the first was injected on the way.',
  name_that_is_not_denied:
    '{host} does not exist for the control nor for an encrypted resolver, yet it was answered here with {addresses}.',
  name_that_is_not: '{host} does not exist for the control, yet it was answered here with {addresses}.',
  relay_network:
    '{host} was answered with {addresses}, in a network where neither the control nor an encrypted resolver has it.',
  relayed_page: 'The genuine page came through it all the same: something relays it.',
  relayed_handshake:
    'A handshake under the site’s own certificate came through it all the same: something relays it.',
  bogon: '{host} was answered with {addresses}, where no public site can be; the control reached it.',
  lookup_fails_here:
    'The lookup of {host} failed with {failure}, while another resolver answered with {addresses}.',
  lookup_fails: 'The lookup of {host} failed with {failure}, while the control resolves and reaches it.',
  strange_answer: '{host} was answered with {addresses} (AS {networks}); the control has {theirs}.',
  strange_fails: 'At that address what is there failed with {failure}.',
  strange_page: 'At that address what is there gave no page that the control knows.',
  // Certificates.
  forger_certificate:
    'The handshake with {place} under the name {host} showed a forged chain: one of its certificates is the known interceptor {interceptor}.',
  forger_key:
    'The handshake with {place} under the name {host} showed a forged chain: one of its keys is the known interceptor {interceptor}.',
  forger_issuer:
    'The handshake with {place} under the name {host} showed a forged chain: its issuer bears the name of the known interceptor {interceptor}.',
  chain_signed: 'The chain shown has the SHA-256 {hashes}, its leaf signed by {issuer}.',
  chain: 'The chain shown has the SHA-256 {hashes}.',
  forgery:
    'Unknown forgery: the certificate shown for {host} does not verify here ({failure}), while it does for the control.',
  other_chain: 'The control saw another chain.',
  unexpected_issuer: 'Unknown forgery: by the catalogue nobody signs for {host} under the name {signers}.',
  other_server:
    "In place of {host} another server answered, with a certificate for {names} ({failure}); the control's verifies.",
  // Pages.
  block_page: '{host} led to a known block page ({marks}) under no certificate of its own.',
  slow_body: 'The page of {host} came at {ours} bytes/s; the control had {theirs} bytes/s.',
  stalled_as_control:
    '{host} answered with status {code}, as it did the control, and then the body stood still ({failure}).',
  stalled: '{host} answered with status {code}, and then the body stood still ({failure}).',
  cut_off: '{host} began to answer in clear text and was cut off ({failure}); the control has the page.',
  request_fails: 'The request to {host} failed with {failure} before any answer; the control has the page.',
  // Speed.
  paired_rates: 'The page came at {ours}, the paired one at {theirs} on the same network.',
  paired_handshakes: 'Each handshake took {ours} ms and more, those of the paired page {theirs} ms at most.',
  paired_stall: 'Every transfer of the page began and then stood still; the paired page came whole.',
  fast_harmless: 'The same server was fast under a harmless name.',
  steady: 'It came at a steady rate, as something that limits the rate lets it through.',
  // QUIC.
  quic_silent: "QUIC under the target's name got no answer, {times} of {tries} times.",
  quic_pair: 'The same address answered under {names}.',
  quic_pair_speaks: 'No control tried QUIC; the pair speaks for itself.',
  quic_passes: 'QUIC passes here: {host} answered.',
  udp_refused: 'UDP to the target was refused ({failure}).',
  tcp_answers: 'Over TCP the same name is answered.',
  tcp_fails: 'Over TCP it fails as well ({failure}).',
  // Down.
  down_failed: '{host} failed with {failure}, and the control could not reach it either ({theirs}).',
  down_no_connect: 'The control could not connect to {places} either.',
  // The way of packets, clause by clause.
  path_arrives: 'Packets to the blocked address arrive there: what is cut is inside the connection.',
  path_own: 'Packets to the blocked address get no further than the own network',
  path_hop: 'Packets to the blocked address get as far as hop {hop}, whose network is not known',
  path_far: 'Packets to the blocked address get as far as {network}',
  path_works_via: 'those to one that works arrive there by way of {networks}',
  path_works: 'those to one that works arrive there',
  path_works_hop: 'those to one that works get as far as hop {hop}, whose network is not known',
  path_works_far: 'those to one that works get as far as {network}',
  path_parts: 'the ways part after {network}',
  // Whole networks.
  no_heartbeat: 'No heartbeat from {vantage}.',
  rings: 'The rings of {vantage} said {words}.',
  sweep_fell: 'From outside, networks of {operator} fell silent, of which {percent} % had answered.',
} as const;

export type SayingCode = keyof typeof SAYINGS;

export interface Saying {
  readonly code: SayingCode;
  /** What was observed, by its name in the sentence. */
  readonly values: Readonly<Record<string, string>>;
}

function isCode(text: string): text is SayingCode {
  return text in SAYINGS;
}

const CODES: readonly SayingCode[] = Object.keys(SAYINGS).filter(isCode);

function patternOf(text: string): RegExp {
  const literal = text.replace(/[.*+?^$()|[\]\\]/g, '\\$&');
  return new RegExp(`^${literal.replace(/\{(\w+)\}/g, '(?<$1>.+?)')}$`, 'u');
}

interface Pattern {
  readonly code: SayingCode;
  readonly pattern: RegExp;
}

function patternsOf(codes: readonly SayingCode[]): readonly Pattern[] {
  return codes.map((code) => ({ code, pattern: patternOf(SAYINGS[code]) }));
}

function isSentence(code: SayingCode): boolean {
  return SAYINGS[code].endsWith('.');
}

const SENTENCES = patternsOf(CODES.filter(isSentence));
const CLAUSES = patternsOf(CODES.filter((code) => !isSentence(code)));
/** Longer ones were written by nobody here, and take time. */
const LETTERS_MAX = 2_000;

function readOne(text: string, patterns: readonly Pattern[]): Saying | null {
  for (const { code, pattern } of patterns) {
    const found = pattern.exec(text);
    if (found !== null) return { code, values: { ...found.groups } };
  }
  return null;
}

/** The sayings that a recorded reason consists of: one, or clauses in their order; null for words that are not known here. */
export function readReason(reason: string): readonly Saying[] | null {
  if (reason.length > LETTERS_MAX) return null;
  const whole = readOne(reason, SENTENCES);
  if (whole !== null) return [whole];
  const clauses = reason
    .replace(/\.$/, '')
    .split('; ')
    .map((clause) => readOne(clause, CLAUSES));
  const known = clauses.filter((clause) => clause !== null);
  return known.length === clauses.length ? known : null;
}
