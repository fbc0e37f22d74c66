/** What a verdict and a failure are called in a sentence for a person, by what was measured. */
import type { ProbeKind } from '../../../probes/words.ts';
import { FAILURE } from '../../../probes/failure.ts';
import type { Status, Verdict } from '../../analysis/verdict/verdict.ts';
import { enVerdicts } from '../../web/messages/en/verdicts.ts';

type Sentences = Readonly<Record<Status, (name: string) => string>>;

const PAGE: Sentences = {
  ok: (name) => `${name} is reachable`,
  blocked: (name) => `${name} is blocked on this network`,
  throttled: (name) => `${name} is slowed down on this network`,
  intercepted: (name) => `The connection to ${name} is intercepted, and can be read on the way`,
  tampered: (name) => `${name} can be reached, but the way to it was changed`,
  down: (name) => `${name} does not answer from outside either: it is down itself, and nobody blocks it here`,
  offline: (name) =>
    `Nothing can be said of ${name}: the network of this vantage itself was at fault when it was tried`,
  inconclusive: (name) => `This measurement cannot tell whether ${name} is reachable`,
};

const APP: Sentences = {
  ...PAGE,
  ok: (name) => `${name} works`,
  inconclusive: (name) => `This measurement cannot tell whether ${name} works`,
};

const INGEST: Sentences = {
  ...PAGE,
  ok: (name) => `Live video can be sent (${name})`,
  blocked: (name) => `Sending live video is blocked on this network (${name})`,
  inconclusive: (name) => `This measurement cannot tell whether live video can be sent (${name})`,
};

const THROUGHPUT: Sentences = {
  ...PAGE,
  ok: (name) => `${name} is not slowed down`,
  inconclusive: (name) => `This measurement cannot tell whether ${name} is slowed down`,
};

/** A browser that gets no answer over QUIC goes on over TCP: the site itself need not be out of reach. */
const QUIC: Sentences = {
  ...PAGE,
  ok: (name) => `${name} answers over HTTP/3 (QUIC)`,
  blocked: (name) => `HTTP/3 (QUIC) to ${name} is blocked on this network; browsers then go on over TCP`,
  inconclusive: (name) => `This measurement cannot tell whether ${name} answers over HTTP/3 (QUIC)`,
};

const SENTENCES: Readonly<Partial<Record<ProbeKind, Sentences>>> = {
  app: APP,
  ingest: INGEST,
  throughput: THROUGHPUT,
  quic: QUIC,
};

/** One sentence: what, on what grounds, how sure. `kind` null: a page. */
export function verdictSentence(name: string, kind: ProbeKind | null, verdict: Verdict): string {
  const { status, layer, method } = verdict;
  const said = (SENTENCES[kind ?? 'web'] ?? PAGE)[status](partly(name, kind, verdict));
  const how = method === null ? '' : `: ${enVerdicts.method[method]}`;
  const words = [status, layer, method].filter((word) => word !== null).join(', ');
  const sure = status === 'inconclusive' ? '' : `; confidence ${Math.round(verdict.confidence * 100)} %`;
  return `${said}${how}. (${words}${sure})`;
}

/** Of an app that is partly out of reach. */
function partly(name: string, kind: ProbeKind | null, { status, score }: Verdict): string {
  const isPart = kind === 'app' && (status === 'blocked' || status === 'intercepted') && score < 1;
  if (!isPart) return name;
  return status === 'blocked' ? `A part of ${name}` : `a part of ${name}`;
}

const FAILURES: Readonly<Record<string, string>> = {
  [FAILURE.timeout]: 'no answer in time',
  [FAILURE.dnsNxdomain]: 'said not to exist',
  [FAILURE.dnsNoAnswer]: 'no address',
  [FAILURE.dnsServfail]: 'the name server failed',
  [FAILURE.dnsRefused]: 'the name server refused',
  [FAILURE.dnsTemporary]: 'the name server gave no answer',
  [FAILURE.dnsMisbehaving]: 'no proper answer of a name server',
  [FAILURE.refused]: 'refused',
  [FAILURE.reset]: 'cut off',
  [FAILURE.eof]: 'closed early',
  [FAILURE.hostUnreachable]: 'no way there',
  [FAILURE.networkUnreachable]: 'no way out of this machine',
  [FAILURE.networkDown]: 'no way out of this machine',
  [FAILURE.tlsHostname]: 'certificate for another name',
  [FAILURE.tlsAuthority]: 'certificate of an unknown authority',
  [FAILURE.tlsCertificate]: 'certificate not valid',
  [FAILURE.tlsHandshake]: 'handshake refused',
  [FAILURE.httpFailed]: 'no proper answer',
  dns_bogon_error: 'an address that is nowhere in the internet',
};

/** OONI's word stays beside ours, so that it can be looked up. */
export function failureText(failure: string): string {
  const words = FAILURES[failure];
  return words === undefined ? failure : `${words} (${failure})`;
}

export const NOT_ASKED = '–';
