/**
 * An app's measurement as parts and endpoints: what was reached, what failed at which step, and what it can be compared with.
 * Ours say by tags which observation belongs to which endpoint; OONI's are put in order by names and addresses.
 */
import { AppTestKeys, TAG_ENDPOINT } from '../../../../probes/measurement.ts';
import type { AppPartAsked } from '../../../../probes/measurement.ts';
import { TAG_HARMLESS } from '../../../../probes/observations.ts';
import type { HttpTransaction, TcpConnect, TlsHandshake } from '../../../../probes/observations.ts';
import { isBogon, placeKey } from '../address.ts';
import { viewControl } from '../control.ts';
import type { ControlView, Stage } from '../evidence.ts';
import { mannerOf } from '../failures.ts';

/**
 * Whether the control, asked at the same time, reached the endpoint. `silent`: it did not answer, or with an old answer.
 * `unasked`: there is none, or it was not asked about this one.
 */
export type Outside = 'reached' | 'failed' | 'silent' | 'unasked';

export interface EndpointSeen {
  /** `https://…`, `tcp://host:port`, `tls://host:port`, `dns://host`. */
  readonly url: string;
  /** `untried`: nothing was observed of it, or only that this machine has no way there. */
  readonly state: 'reached' | 'failed' | 'untried';
  /** Where it failed; null unless it did. */
  readonly stage: Stage | null;
  readonly failure: string | null;
  /** The same address answered under a harmless name. */
  readonly isNameFiltered: boolean;
  /** Its name led to an address that is nowhere in the internet, or where the control was not led and found no such server. */
  readonly falseAddress: 'bogon' | 'other' | null;
  readonly outside: Outside;
}

export interface PartSeen {
  readonly part: AppPartAsked;
  readonly endpoints: readonly EndpointSeen[];
}

/** Null where the test keys cannot be read. `parts` are those asked for; OONI's measurements do not say, so their test does. */
export function seenOf(testKeys: unknown, knownParts: readonly AppPartAsked[]): readonly PartSeen[] | null {
  const parsed = AppTestKeys.safeParse(testKeys);
  if (!parsed.success) return null;
  const keys = parsed.data;
  const parts = keys.x_aiqyn_parts.length > 0 ? keys.x_aiqyn_parts : knownParts;
  return parts.map((part) => ({
    part,
    endpoints: part.endpoints.map(({ url, statuses }) => endpointOf(keys, url, statuses ?? null)),
  }));
}

interface Own {
  readonly hosts: readonly string[];
  /** What programs on this machine were told. */
  readonly lookups: readonly { readonly failure: string | null; readonly addresses: readonly string[] }[];
  readonly connects: readonly TcpConnect[];
  readonly handshakes: readonly TlsHandshake[];
  readonly harmless: readonly TlsHandshake[];
  readonly requests: readonly HttpTransaction[];
}

function endpointOf(keys: AppTestKeys, url: string, statuses: readonly number[] | null): EndpointSeen {
  const own = ownOf(keys, url);
  const outcome = outcomeOf(url, own, statuses);
  const control = controlOf(keys, url);
  const isFailed = outcome.state === 'failed';
  return {
    url,
    ...outcome,
    isNameFiltered: isFailed && outcome.stage === 'tls' && own.harmless.some(isAnswered),
    falseAddress: isFailed ? falseAddressOf(own, control) : null,
    outside: isFailed ? outsideOf(url, own, control) : 'unasked',
  };
}

function ownOf(keys: AppTestKeys, url: string): Own {
  const { hostname: host, port, protocol } = new URL(url);
  const tag = `${TAG_ENDPOINT}${url}`;
  const isTagged = keys.x_aiqyn_parts.length > 0;
  const tagged = keys.queries.filter(({ tags }) => tags.includes(tag)).map(({ hostname }) => hostname);
  const hosts = [...new Set([host, ...tagged])];
  const queries = keys.queries.filter(({ hostname }) => hosts.includes(hostname));
  const found = queries.map(({ engine, failure, answers }) => {
    const addresses = answers.flatMap((answer) => answer.ipv4 ?? answer.ipv6 ?? []);
    return { engine, failure: failure ?? (addresses.length === 0 ? 'dns_no_answer' : null), addresses };
  });
  const ofSystem = found.filter(({ engine }) => engine === 'getaddrinfo' || engine === 'system');
  const lookups = ofSystem.length > 0 ? ofSystem : found;
  const addresses = new Set([host, ...found.flatMap((lookup) => lookup.addresses)]);
  const wantedPort = port === '' ? 443 : Number(port);
  const places = new Set([...addresses].map((address) => placeKey(address, wantedPort)));
  const handshakes = keys.tls_handshakes.filter((seen) => {
    if (isTagged) return seen.tags.includes(tag);
    const isPair = seen.tags.includes(TAG_HARMLESS) && places.has(seen.address);
    return protocol !== 'tcp:' && (isPair || seen.server_name === host);
  });
  return {
    hosts,
    lookups,
    connects: keys.tcp_connect.filter((seen) =>
      isTagged ? seen.tags.includes(tag) : seen.port === wantedPort && addresses.has(seen.ip),
    ),
    handshakes: handshakes.filter(({ tags }) => !tags.includes(TAG_HARMLESS)),
    harmless: handshakes.filter(({ tags }) => tags.includes(TAG_HARMLESS)),
    requests: keys.requests.filter((seen) => (isTagged ? seen.tags.includes(tag) : isRequestOf(seen, url))),
  };
}

/** Some of OONI's old measurements leave the URL out and keep the header. Ports are asked over plain HTTP there. */
function isRequestOf({ request }: HttpTransaction, url: string): boolean {
  const { protocol, host } = new URL(url);
  if (protocol === 'https:' && request.url !== '') return request.url.startsWith(`https://${host}/`);
  const header: unknown = request.headers['Host'] ?? request.headers['host'];
  const named = request.url === '' ? (typeof header === 'string' ? header : '') : hostOf(request.url);
  return named === host || (host.endsWith(':80') && named === host.slice(0, -3));
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : '';
}

type Outcome = Pick<EndpointSeen, 'state' | 'stage' | 'failure'>;
const REACHED: Outcome = { state: 'reached', stage: null, failure: null };

/** The furthest step decides; one success of it is enough. */
function outcomeOf(url: string, own: Own, statuses: readonly number[] | null): Outcome {
  const lied = liedTo(own);
  if (lied !== null) return lied;
  const needed = stepsOf(url, own, statuses);
  for (const { stage, failures, isLast } of needed) {
    if (failures.length === 0) continue;
    if (failures.includes(null)) return isLast ? REACHED : { state: 'untried', stage: null, failure: null };
    const telling = failures.find((failure) => failure !== null && mannerOf(failure) !== 'local');
    if (telling == null) return { state: 'untried', stage: null, failure: null };
    return { state: 'failed', stage, failure: telling };
  }
  return { state: 'untried', stage: null, failure: null };
}

/** Another resolver's answer may lead there; an app that asks the system's does not get there. */
function liedTo({ lookups }: Own): Outcome | null {
  const isEach =
    lookups.length > 0 &&
    lookups.every(({ failure, addresses }) => failure !== null || addresses.every(isBogon));
  if (!isEach) return null;
  const failure = lookups.find((lookup) => lookup.failure !== null)?.failure ?? 'dns_bogon_error';
  return mannerOf(failure) === 'local' ? null : { state: 'failed', stage: 'dns', failure };
}

interface Step {
  readonly stage: Stage;
  readonly failures: readonly (string | null)[];
  /** Success of it is what the endpoint is there for. */
  readonly isLast: boolean;
}

/** From the furthest step back. */
function stepsOf(url: string, own: Own, statuses: readonly number[] | null): readonly Step[] {
  const { protocol } = new URL(url);
  const http = own.requests.map((seen) => httpFailure(seen, statuses));
  const tls = own.handshakes.map(({ failure }) => failure);
  const tcp = own.connects.map(({ status }) =>
    status.success ? null : (status.failure ?? 'unknown_failure'),
  );
  const dns = own.lookups.map(({ failure }) => failure);
  return [
    { stage: 'http', failures: protocol === 'dns:' ? [] : http, isLast: true },
    { stage: 'tls', failures: tls, isLast: protocol === 'tls:' },
    { stage: 'tcp', failures: tcp, isLast: protocol === 'tcp:' },
    { stage: 'dns', failures: dns, isLast: protocol === 'dns:' },
  ];
}

/** A page that is not the one asked for is no answer of the server. */
function httpFailure(seen: HttpTransaction, statuses: readonly number[] | null): string | null {
  if (seen.failure !== null) return seen.failure;
  const code = seen.response?.code ?? 0;
  const isExpected = statuses === null || statuses.includes(code);
  return isExpected ? null : 'http_request_failed';
}

/** A server that spoke, whatever came of its certificate. */
function isAnswered({ failure }: TlsHandshake): boolean {
  return failure === null || mannerOf(failure) === 'certificate';
}

function falseAddressOf({ lookups }: Own, control: ControlView | null): EndpointSeen['falseAddress'] {
  const addresses = lookups.flatMap((lookup) => lookup.addresses);
  if (addresses.length === 0) return null;
  if (addresses.some(isBogon)) return 'bogon';
  if (control?.live !== true || control.addresses.length === 0) return null;
  return addresses.some((address) => control.addresses.includes(address)) ? null : 'other';
}

/** What the control was asked about this endpoint; a measurement of one endpoint has only one. Null where it was not asked. */
function controlOf(keys: AppTestKeys, url: string): ControlView | null {
  const asked = keys.x_aiqyn_controls.find((one) => isAbout(one.url, url));
  const isNobodyAsked = keys.control === null && keys.control_failure === null;
  if (asked === undefined && (keys.x_aiqyn_parts.length > 0 || isNobodyAsked)) return null;
  const view = viewControl(
    asked === undefined
      ? keys
      : {
          ...keys,
          control: asked.control,
          control_failure: asked.failure,
          x_aiqyn_control_source: asked.source,
        },
  );
  return view.kind === 'unasked' ? null : view;
}

/** Ports are asked about together, by their number; everything else by its host. */
function isAbout(asked: string, url: string): boolean {
  const [question, endpoint] = [new URL(asked), new URL(url)];
  if (endpoint.protocol === 'tcp:')
    return question.protocol === 'http:' && portOf(question, '80') === endpoint.port;
  const isSamePort = portOf(question, '443') === portOf(endpoint, '443');
  return question.protocol === 'https:' && question.hostname === endpoint.hostname && isSamePort;
}

function portOf({ port }: URL, usual: string): string {
  return port === '' ? usual : port;
}

/** Of a port: whether the control connected to it. Of a name: whether the control reached what it stands for. */
function outsideOf(url: string, own: Own, control: ControlView | null): Outside {
  if (control === null) return 'unasked';
  if (!control.live || control.kind === 'silent') return 'silent';
  const { protocol } = new URL(url);
  if (protocol !== 'tcp:' && protocol !== 'tls:') return control.kind === 'reached' ? 'reached' : 'failed';
  if (protocol === 'tls:') return handshakesOutside(control);
  return connectsOutside(own, control);
}

function connectsOutside(own: Own, control: ControlView): Outside {
  const places = own.connects.map(({ ip, port }) => placeKey(ip, port));
  const told = places.flatMap((place) => control.tcp.get(place) ?? []);
  if (told.length > 0) return ofMap(told);
  if (own.connects.length === 0 || control.tcp.size === 0) return ofMap([...control.tcp.values()]);
  // Of many servers on one port the control is asked about some only, and answered.
  return 'unasked';
}

/** A control that could not even connect shook no hands. */
function handshakesOutside({ tls, tcp }: ControlView): Outside {
  const isClosed = tcp.size > 0 && ![...tcp.values()].includes(true);
  if (tls.size === 0 && isClosed) return 'failed';
  return ofMap([...tls.values()].map((failure) => failure === null));
}

function ofMap(successes: readonly boolean[]): Outside {
  if (successes.length === 0) return 'silent';
  return successes.includes(true) ? 'reached' : 'failed';
}
