/** An incident in one plain English sentence. */
import type { Incident, IncidentKind } from './point.ts';

/** How ids are shown. `time` writes an instant in the reader's zone. */
export interface SummaryNames {
  readonly platform: (id: string) => string;
  readonly operator: (asn: string) => string;
  readonly place: (id: string) => string;
  readonly time: (atMs: number) => string;
}

function utc(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

function same(id: string): string {
  return id;
}

const PLAIN: SummaryNames = { platform: same, operator: same, place: same, time: utc };

/** Names listed before the rest is only counted. */
const LISTED_MAX = 6;

function list(ids: readonly string[], nameOf: (id: string) => string): string {
  const names = ids.slice(0, LISTED_MAX).map(nameOf);
  const rest = ids.length - names.length;
  if (rest > 0) names.push(`${rest} more`);
  const last = names.pop() ?? 'nobody';
  return names.length === 0 ? last : `${names.join(', ')} and ${last}`;
}

const MANNERS: Readonly<Record<string, string>> = {
  nxdomain: 'the name is said not to exist',
  bogon: 'the name is answered with an impossible address',
  injected_answer: 'the name is answered with a foreign address',
  no_answer: 'the name gets no answer',
  servfail: 'the resolver refuses the name',
  refused: 'connections are refused',
  reset: 'connections are reset',
  drop: 'connections get no answer',
  eof: 'connections are cut',
  sni_drop: 'handshakes get no answer',
  sni_reset: 'handshakes are reset',
  sni_eof: 'handshakes are cut',
  forged_certificate: 'forged certificates are shown',
  blockpage: 'a block page is shown',
  content_changed: 'pages are changed on the way',
  rate_limit: 'connections are slowed',
  stall: 'connections stall',
};

const PREDICATES: Readonly<Record<IncidentKind, readonly [now: string, past: string]>> = {
  platform_block: ['blocked', 'blocked'],
  throttling: ['slowed down', 'slowed down'],
  interception: ['intercepted', 'intercepted'],
  target_down: ['down everywhere, outside the country too,', 'down everywhere, outside the country too,'],
  mobile_shutdown: ['Mobile internet is cut', 'Mobile internet was cut'],
  shutdown: ['The internet is cut', 'The internet was cut'],
  allow_list: ['Only an allow-list of sites is reachable', 'Only an allow-list of sites was reachable'],
  vantage_silent: ['', ''],
};

function span(incident: Incident, names: SummaryNames): string {
  const { startMs, endMs } = incident;
  return endMs === null
    ? `since ${names.time(startMs)}`
    : `from ${names.time(startMs)} to ${names.time(endMs)}`;
}

function subject(incident: Incident, names: SummaryNames): string {
  const many = incident.kind === 'vantage_silent' ? incident.vantageIds.length : incident.platforms.length;
  const isPast = incident.endMs !== null;
  const verb = many === 1 ? (isPast ? 'was' : 'is') : isPast ? 'were' : 'are';
  if (incident.kind === 'vantage_silent') {
    const noun = many === 1 ? 'Vantage' : 'Vantages';
    return `${noun} ${list(incident.vantageIds, same)} ${verb} silent or offline`;
  }
  return `${list(incident.platforms, names.platform)} ${verb} ${PREDICATES[incident.kind][0]}`;
}

function scope(incident: Incident, names: SummaryNames): string {
  if (incident.kind === 'target_down') return '';
  return ` on ${list(incident.operators, names.operator)} in ${list(incident.places, names.place)}`;
}

/** One sentence: what, where, since when, and how it shows. Ids are shown as they are where no names are given. */
export function summarise(incident: Incident, names: SummaryNames = PLAIN): string {
  const isNetwork = incident.platforms.length === 0 && incident.kind !== 'vantage_silent';
  const what = isNetwork
    ? PREDICATES[incident.kind][incident.endMs === null ? 0 : 1]
    : subject(incident, names);
  const manner = incident.method === null ? '' : (MANNERS[incident.method] ?? '');
  const openings = incident.openings.length;
  const lifted = openings === 0 ? '' : `, with ${openings} opening${openings === 1 ? '' : 's'}`;
  const how = manner === '' ? '' : `; ${manner}`;
  return `${what}${scope(incident, names)} ${span(incident, names)}${lifted}${how}.`;
}
