/** English: words for statuses, methods, connectivity and kinds of incident. */
import type { Connectivity } from '../../../../probes/words.ts';
import type { IncidentKind, IncidentStatus } from '../../../analysis/detect/point.ts';
import type { Method, Status } from '../../../analysis/verdict/verdict.ts';

const status: Readonly<Record<Status, string>> = {
  ok: 'Reachable',
  blocked: 'Blocked',
  throttled: 'Slowed down',
  intercepted: 'Intercepted',
  tampered: 'Tampered with',
  down: 'Down itself',
  offline: 'Vantage offline',
  inconclusive: 'Unclear',
};

const statusMeaning: Readonly<Record<Status, string>> = {
  ok: 'It loads as it does outside the country.',
  blocked: 'It fails here while the same address loads outside the country, or under a harmless name.',
  throttled: 'It loads, but far slower than other sites on the same network.',
  intercepted: 'Somebody answers in its place with a forged certificate and can read what is sent.',
  tampered: 'It can be reached, but the answer or the way to it was changed.',
  down: 'It fails outside the country too, so nobody is blocking it.',
  offline: 'The network of the vantage itself was at fault; says nothing about the platform.',
  inconclusive: 'The measurement does not tell; never counted as a block.',
};

/** Fits a table cell. */
const method: Readonly<Record<Method, string>> = {
  nxdomain: 'name server says the name does not exist',
  bogon: 'name server gives an impossible address',
  injected_answer: 'forged name server answer',
  no_answer: 'name server stays silent',
  servfail: 'name server refuses with an error',
  refused: 'connection refused',
  reset: 'connection cut by a reset',
  drop: 'connection attempts vanish',
  eof: 'connection closed early',
  sni_drop: 'silence after the site’s name is sent',
  sni_reset: 'reset after the site’s name is sent',
  sni_eof: 'closed after the site’s name is sent',
  forged_certificate: 'forged certificate',
  blockpage: 'block page in its place',
  content_changed: 'content was changed',
  relay: 'traffic goes through a relay',
  rate_limit: 'speed is limited',
  stall: 'transfer stops halfway',
};

/** A paragraph for the page of an incident. */
const methodMeaning: Readonly<Record<Method, string>> = {
  nxdomain:
    'The network’s name server claims that the name does not exist, while name servers elsewhere know it. Another resolver usually helps.',
  bogon:
    'The name server answers with an address that cannot belong to the site, such as a private one. Another resolver usually helps.',
  injected_answer:
    'A forged answer arrived to the question for the site’s address, before or in place of the right one.',
  no_answer: 'Questions for the site’s address get no answer, while other names are answered.',
  servfail: 'The name server reports a failure for this name and not for others.',
  refused:
    'Connections to the site’s addresses are refused at once, while they are accepted from outside the country.',
  reset: 'Connections are torn down by a reset packet that the site did not send elsewhere.',
  drop: 'Packets to the site’s addresses disappear; the attempt ends only by running out of time.',
  eof: 'The connection is closed before the site could answer.',
  sni_drop:
    'The connection opens, but as soon as the site’s name goes over the wire (the TLS “server name”) nothing comes back. The same address answers when a harmless name is sent. This is how filtering equipment in Kazakhstan usually blocks.',
  sni_reset:
    'The connection opens, and is reset as soon as the site’s name goes over the wire. The same address answers when a harmless name is sent.',
  sni_eof:
    'The connection opens, and is closed as soon as the site’s name goes over the wire. The same address answers when a harmless name is sent.',
  forged_certificate:
    'The certificate shown is not the site’s own; it was signed by an interceptor. Whoever holds that key can read and change everything sent.',
  blockpage: 'A page that says the site is restricted comes in place of the site.',
  content_changed: 'The page that arrives is not the one that is served outside the country.',
  relay: 'The connection ends at a machine in between that passes the traffic on.',
  rate_limit:
    'The transfer runs at a low, steady speed, while a control on the same network at the same time runs freely.',
  stall: 'The transfer starts and then stops, while a control on the same network goes through.',
};

const connectivity: Readonly<Record<Connectivity, string>> = {
  online: 'Online',
  domestic_only: 'Domestic sites only',
  allow_list: 'Allow-listed sites only',
  dns_only: 'Name servers only',
  offline: 'Offline',
};

const connectivityMeaning: Readonly<Record<Connectivity, string>> = {
  online: 'Sites inside and outside the country answer.',
  domestic_only: 'Sites inside the country answer, those outside do not.',
  allow_list: 'Only the few sites answer that stayed open in January 2022.',
  dns_only: 'Names are still resolved, but no site answers.',
  offline: 'Neither a name server nor a site answers.',
};

const incidentKind: Readonly<Record<IncidentKind, string>> = {
  platform_block: 'Blocking',
  throttling: 'Slow-down',
  interception: 'Interception',
  mobile_shutdown: 'Mobile internet shutdown',
  shutdown: 'Internet shutdown',
  allow_list: 'Allow-list mode',
  vantage_silent: 'Vantage silent',
  target_down: 'Site down',
};

const incidentStatus: Readonly<Record<IncidentStatus, string>> = {
  open: 'Going on',
  restored: 'Over',
  reopened: 'Going on again',
};

const access: Readonly<Record<string, string>> = {
  mobile: 'mobile',
  fixed: 'fixed line',
  hosting: 'hosting',
  remote: 'remote',
};

const failure: Readonly<Record<string, string>> = {
  generic_timeout_error: 'timed out',
  connection_reset: 'connection reset',
  connection_refused: 'connection refused',
  eof_error: 'connection closed',
  dns_nxdomain_error: 'name not found',
};

export const enVerdicts = {
  status,
  statusMeaning,
  method,
  methodMeaning,
  connectivity,
  connectivityMeaning,
  incidentKind,
  incidentStatus,
  access,
  failure,
};
