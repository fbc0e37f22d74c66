/** DNS questions and replies on the wire (RFC 1035), without transport. */
import { decode, encode, RECURSION_DESIRED } from 'dns-packet';
import type { DecodedPacket } from 'dns-packet';
import { FAILURE } from '../failure.ts';
import type { DnsReply, ResolvedAddress } from '../network.ts';

/** Of one reply; more are left out. */
const RECORDS_MAX = 64;
/** Fits any path without fragments (DNS flag day 2020). */
const UDP_PAYLOAD_BYTES = 1_232;

const RCODES: readonly string[] = ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED'];
const RCODE_FAILURES: Readonly<Record<string, string>> = {
  SERVFAIL: FAILURE.dnsServfail,
  NXDOMAIN: FAILURE.dnsNxdomain,
  REFUSED: FAILURE.dnsRefused,
};

export interface DnsQuestion {
  readonly id: number;
  readonly hostname: string;
  readonly type: 'A' | 'AAAA';
}

export function encodeQuestion(question: DnsQuestion): Buffer {
  return encode({
    type: 'query',
    id: question.id,
    flags: RECURSION_DESIRED,
    questions: [{ type: question.type, name: question.hostname }],
    additionals: [
      {
        type: 'OPT',
        name: '.',
        udpPayloadSize: UDP_PAYLOAD_BYTES,
        flags: 0,
        flag_do: false,
        extendedRcode: 0,
        ednsVersion: 0,
        options: [],
      },
    ],
  });
}

/** What a datagram says to this question; null when it is no reply to it at all (other id or question, or garbage). */
export function readReply(datagram: Buffer, question: DnsQuestion, elapsedMs: number): DnsReply | null {
  const packet = decodeOrNull(datagram);
  if (packet?.type !== 'response' || packet.id !== question.id) return null;
  const asked = packet.questions?.[0];
  if (asked !== undefined && !isSameQuestion(asked, question)) return null;
  // The last four bits of the header's second word.
  const code = datagram.readUInt16BE(2) & 0xf;
  const rcode = RCODES[code] ?? `RCODE${code}`;
  const addresses = addressesOf(packet);
  return {
    elapsedMs,
    failure: replyFailure(code, rcode, addresses),
    addresses,
    cnames: cnamesOf(packet),
    rcode,
  };
}

function decodeOrNull(datagram: Buffer): DecodedPacket | null {
  try {
    return decode(datagram);
  } catch {
    return null;
  }
}

function isSameQuestion(
  asked: { readonly name: string; readonly type: string },
  question: DnsQuestion,
): boolean {
  const isSameName = asked.name.toLowerCase() === question.hostname.toLowerCase().replace(/\.$/, '');
  return isSameName && asked.type === question.type;
}

function replyFailure(code: number, rcode: string, addresses: readonly ResolvedAddress[]): string | null {
  if (code !== 0) return RCODE_FAILURES[rcode] ?? FAILURE.dnsMisbehaving;
  return addresses.length === 0 ? FAILURE.dnsNoAnswer : null;
}

function addressesOf(packet: DecodedPacket): readonly ResolvedAddress[] {
  const addresses: ResolvedAddress[] = [];
  for (const answer of (packet.answers ?? []).slice(0, RECORDS_MAX)) {
    if (answer.type !== 'A' && answer.type !== 'AAAA') continue;
    addresses.push({
      family: answer.type === 'A' ? 4 : 6,
      address: answer.data,
      ttl: answer.ttl ?? null,
    });
  }
  return addresses;
}

function cnamesOf(packet: DecodedPacket): readonly string[] {
  return (packet.answers ?? [])
    .slice(0, RECORDS_MAX)
    .flatMap((answer) => (answer.type === 'CNAME' ? [answer.data] : []));
}
