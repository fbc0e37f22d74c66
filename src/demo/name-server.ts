/** The demo's name servers: an operator's resolver that lies when told to, and an honest one abroad. UDP, and messages for DoH. */
import { createSocket } from 'node:dgram';
import type { RemoteInfo } from 'node:dgram';
import { AUTHORITATIVE_ANSWER, decode, encode, RECURSION_AVAILABLE, RECURSION_DESIRED } from 'dns-packet';
import type { DecodedPacket, Question } from 'dns-packet';
import type { Clock } from '../../probes/probe.ts';
import type { Censor, DnsFate, Party, ResolverPlace } from './censor.ts';
import { siteOfName } from './sites.ts';
import type { Site } from './sites.ts';

const RCODE_NXDOMAIN = 3;
const TTL_SECONDS = 60;
/** An injected answer comes from a box on the way and so arrives before the true one. */
const TRUE_ANSWER_AFTER_MS = 40;

export interface NameServerOptions {
  readonly place: ResolverPlace;
  readonly sites: readonly Site[];
  readonly censor: Censor;
  readonly partyOf: (address: string) => Party;
  readonly clock: Pick<Clock, 'sleep'>;
  /** How long an answer takes. */
  readonly latencyMs: () => number;
  readonly signal: AbortSignal;
}

export interface NameServer {
  readonly port: number;
  stop(): Promise<void>;
}

/** Listens on 127.0.0.1. What is no DNS question is ignored. */
export async function startNameServer(options: NameServerOptions): Promise<NameServer> {
  const { place, sites, censor, partyOf, clock, latencyMs, signal } = options;
  const socket = createSocket('udp4');

  function send(message: Buffer, to: RemoteInfo): void {
    if (!signal.aborted) socket.send(message, to.port, to.address, () => undefined);
  }
  async function answer(message: Buffer, from: RemoteInfo): Promise<void> {
    const query = decodeQuery(message);
    if (query === null) return;
    const fate = censor.atQuestion(partyOf(from.address), siteOfName(sites, query.question.name), place);
    if (fate.kind === 'silence') return;
    await clock.sleep(latencyMs(), signal);
    send(encodeAnswer(query, fate, sites), from);
    if (place === 'operator' || fate.kind === 'pass') return;
    await clock.sleep(TRUE_ANSWER_AFTER_MS, signal);
    send(encodeAnswer(query, { kind: 'pass' }, sites), from);
  }
  socket.on('message', (message, from) => {
    void answer(message, from);
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(0, '127.0.0.1', resolve);
  });
  // A client that went away answers with ICMP, which some systems hand back as an error.
  socket.on('error', () => undefined);
  return {
    port: socket.address().port,
    stop: () =>
      new Promise((resolve) => {
        socket.close(() => {
          resolve();
        });
      }),
  };
}

/** The honest answer to a DNS message (RFC 8484 body); null when it is no question. */
export function answerHonestly(message: Buffer, sites: readonly Site[]): Buffer | null {
  const query = decodeQuery(message);
  return query === null ? null : encodeAnswer(query, { kind: 'pass' }, sites);
}

interface Query {
  readonly id: number;
  readonly question: Question;
}

function decodeQuery(message: Buffer): Query | null {
  let packet: DecodedPacket;
  try {
    packet = decode(message);
  } catch {
    return null;
  }
  const question = packet.questions?.[0];
  if (packet.flag_qr || question === undefined) return null;
  return { id: packet.id ?? 0, question };
}

function encodeAnswer({ id, question }: Query, fate: DnsFate, sites: readonly Site[]): Buffer {
  const address = fate.kind === 'false' ? fate.address : addressOf(question.name, sites);
  const isUnknown = fate.kind === 'nxdomain' || address === null;
  const hasRecord = !isUnknown && question.type === 'A';
  return encode({
    type: 'response',
    id,
    flags:
      RECURSION_DESIRED |
      RECURSION_AVAILABLE |
      (fate.kind === 'pass' ? 0 : AUTHORITATIVE_ANSWER) |
      (isUnknown ? RCODE_NXDOMAIN : 0),
    questions: [question],
    answers: hasRecord ? [{ type: 'A', name: question.name, ttl: TTL_SECONDS, data: address }] : [],
  });
}

function addressOf(name: string, sites: readonly Site[]): string | null {
  return sites.find(({ host }) => host === name.toLowerCase())?.address ?? null;
}
