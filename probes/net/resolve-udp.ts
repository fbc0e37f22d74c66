/**
 * DNS over UDP. A question is sent at most twice (a lost datagram is not a block); replies with another id or question are
 * passed over. After the first reply it can listen on: an injector's forged answer comes first, the real one after.
 */
import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { FAILURE } from '../failure.ts';
import type { DnsReply, Limits } from '../network.ts';
import type { Traffic } from '../probe.ts';
import { bounded } from './bounded.ts';
import { encodeQuestion, readReply } from './dns-message.ts';
import type { DnsQuestion } from './dns-message.ts';
import { failureOf } from './failure.ts';
import type { LineOptions } from './line.ts';
import { sourceFor } from './line.ts';
import type { NetworkOptions } from './options.ts';

/** The second sending comes after this part of the deadline. */
const RESEND_AFTER_SHARE = 0.4;
/** Replies kept besides the first. */
const LATE_REPLIES_MAX = 4;

export interface UdpAnswer {
  /** Null when none came; `failure` says why. */
  readonly reply: DnsReply | null;
  readonly failure: string | null;
  /** Kept only when the question went out once: a second one has its own honest reply. */
  readonly late: readonly DnsReply[];
  readonly traffic: Traffic;
}

interface Asking {
  readonly question: DnsQuestion;
  readonly startedMs: number;
  readonly replies: DnsReply[];
  sentCount: number;
  strangerCount: number;
  sentBytes: number;
  receivedBytes: number;
}

export async function askUdp(
  server: { readonly address: string; readonly port: number },
  asked: { readonly hostname: string; readonly type: 'A' | 'AAAA'; readonly lateMs: number },
  limits: Limits,
  options: LineOptions & Pick<NetworkOptions, 'route' | 'random'>,
): Promise<UdpAnswer> {
  const asking: Asking = {
    question: { id: Math.floor(options.random() * 65_536), hostname: asked.hostname, type: asked.type },
    startedMs: performance.now(),
    replies: [],
    sentCount: 0,
    strangerCount: 0,
    sentBytes: 0,
    receivedBytes: 0,
  };
  const target = options.route?.(server.address, server.port, 'udp') ?? server;
  const source = sourceFor(target.address, options);
  if (source === null) return answerOf(asking, FAILURE.networkUnreachable);
  const failure = await bounded<string | null>(
    limits,
    (settle) => ask(asking, target, { lateMs: asked.lateMs, timeoutMs: limits.timeoutMs, source }, settle),
    (cut) => cut,
  );
  return answerOf(asking, failure);
}

function ask(
  asking: Asking,
  target: { readonly address: string; readonly port: number },
  how: { readonly lateMs: number; readonly timeoutMs: number; readonly source: string | undefined },
  settle: (failure: string | null) => void,
): () => void {
  const socket = createSocket(target.address.includes(':') ? 'udp6' : 'udp4');
  let isOpen = true;
  let lateTimer: NodeJS.Timeout | null = null;
  const resendTimer = setTimeout(() => {
    if (asking.replies.length === 0) sendOnce(socket, asking);
  }, how.timeoutMs * RESEND_AFTER_SHARE);

  socket.on('error', (error) => {
    settle(failureOf(error));
  });
  socket.on('message', (datagram) => {
    take(datagram, asking);
    if (asking.replies.length === 0 || lateTimer !== null) return;
    clearTimeout(resendTimer);
    if (how.lateMs <= 0) settle(null);
    else lateTimer = setTimeout(settle, how.lateMs, null);
  });
  // The port is the system's choice, at random; the filled-in peer makes the system pass over datagrams of others.
  socket.bind({ port: 0, ...(how.source === undefined ? {} : { address: how.source }) }, () => {
    if (!isOpen) return;
    // Given a callback, connect() would hand it the error instead of emitting it.
    socket.once('connect', () => {
      if (isOpen) sendOnce(socket, asking);
    });
    socket.connect(target.port, target.address);
  });
  return () => {
    isOpen = false;
    clearTimeout(resendTimer);
    if (lateTimer !== null) clearTimeout(lateTimer);
    socket.close();
  };
}

function sendOnce(socket: Socket, asking: Asking): void {
  const datagram = encodeQuestion(asking.question);
  asking.sentCount += 1;
  asking.sentBytes += datagram.length;
  socket.send(datagram);
}

function take(datagram: Buffer, asking: Asking): void {
  asking.receivedBytes += datagram.length;
  const reply = readReply(datagram, asking.question, performance.now() - asking.startedMs);
  if (reply === null) asking.strangerCount += 1;
  else if (asking.replies.length <= LATE_REPLIES_MAX) asking.replies.push(reply);
}

function answerOf(asking: Asking, failure: string | null): UdpAnswer {
  const [reply = null, ...late] = asking.replies;
  return {
    reply,
    failure: reply === null ? silenceFailure(asking, failure) : reply.failure,
    late: asking.sentCount === 1 ? late : [],
    traffic: { sentBytes: asking.sentBytes, receivedBytes: asking.receivedBytes },
  };
}

/** Something came, but nothing that answers: the server, or somebody on the way, does not speak DNS right. */
function silenceFailure(asking: Asking, failure: string | null): string | null {
  return failure === FAILURE.timeout && asking.strangerCount > 0 ? FAILURE.dnsMisbehaving : failure;
}
