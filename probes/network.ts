/**
 * The network as a probe sees it: one method per step, each bounded by its own deadline. A failure of the network is data
 * (`failure`, in OONI's words), never an exception. The real one is `createNetwork` in probes/net/network.ts.
 *
 * The port keeps no time of its own: a probe stamps each step with its Clock. What a step measures inside itself is
 * relative to the step's start (`elapsedMs`). No result ever holds an address of this machine.
 */
import type { Traffic } from './probe.ts';

/** Bounds one step. Running out of time is a finding (`generic_timeout_error`), the signal is our shutdown (`interrupted`). */
export interface Limits {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** `system` is what every program on this machine asks; `address` is `ip:port`, IPv6 in brackets. */
export type Resolver =
  | { readonly kind: 'system' }
  | { readonly kind: 'udp'; readonly address: string }
  | { readonly kind: 'doh'; readonly url: string };

/** `ANY` is the system's resolver giving IPv4 and IPv6 together, as getaddrinfo does; the others ask for either one. */
export type QueryType = 'A' | 'AAAA' | 'ANY';

export interface ResolveRequest {
  readonly resolver: Resolver;
  readonly hostname: string;
  readonly queryType: QueryType;
  /** How long to listen on for a second answer that differs, which shows an injected first one. 0: not at all. UDP only. */
  readonly lateMs: number;
}

export interface ResolvedAddress {
  readonly family: 4 | 6;
  readonly address: string;
  /** Seconds; null where the resolver does not say (getaddrinfo). */
  readonly ttl: number | null;
}

/** One reply to a question, in the order in which replies came. */
export interface DnsReply {
  readonly elapsedMs: number;
  readonly failure: string | null;
  readonly addresses: readonly ResolvedAddress[];
  readonly cnames: readonly string[];
  readonly rcode: string;
}

export interface Resolution {
  readonly failure: string | null;
  /** `getaddrinfo`, `udp` or `doh`. */
  readonly engine: string;
  /** `ip:port` or the URL; empty for the system's. */
  readonly resolverAddress: string;
  readonly addresses: readonly ResolvedAddress[];
  readonly cnames: readonly string[];
  /** Further replies to the same question that came within `lateMs`. */
  readonly late: readonly DnsReply[];
  readonly traffic: Traffic;
}

/** An open connection, TCP or TLS over it. Whoever opened it closes it. */
export interface Connection {
  /** `ip:port` of the other side, as the record shows it. */
  readonly address: string;
  /** Bytes of this connection so far, on the wire above TCP; stays right after close. */
  traffic(): Traffic;
  /** Safe to call twice. */
  close(): void;
}

export interface TcpResult {
  readonly failure: string | null;
  /** Null when it failed. */
  readonly connection: Connection | null;
}

export interface TlsRequest {
  /** Sent as the server name (not sent when it is an IP address) and checked against the certificate. */
  readonly serverName: string;
  readonly alpn: readonly string[];
  /** False: a completed handshake is a success whatever the certificate says. */
  readonly verify: boolean;
  /** SHA-256 (hex) of the public keys of authorities that must have signed instead of the public roots. */
  readonly rootKeys?: readonly string[];
}

/** A certificate as it was presented, DER in base64, and its SHA-256 in hex. */
export interface PeerCertificate {
  readonly der: string;
  readonly sha256: string;
  /** SHA-256 (hex) of the subject public key info. */
  readonly spkiSha256: string;
}

export interface TlsResult {
  readonly failure: string | null;
  /** Null when it failed; a certificate that does not verify is a failure and closes the connection. */
  readonly connection: Connection | null;
  readonly version: string;
  readonly cipher: string;
  readonly alpn: string;
  /** Leaf first. Kept on a failed verification too; empty when none came. */
  readonly chain: readonly PeerCertificate[];
}

export interface HttpRequest {
  /** `HEAD` asks for the header alone. */
  readonly method: 'GET' | 'HEAD';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Of the decoded body; reading stops there and the connection is closed. */
  readonly bodyBytesMax: number;
}

export interface HttpProgress {
  readonly elapsedMs: number;
  /** Bytes of the answer on the wire, with its header and what TLS adds. */
  readonly receivedBytes: number;
}

export interface HttpResponse {
  readonly code: number;
  /** Lower-case names; repeated ones joined with `, `. */
  readonly headers: Readonly<Record<string, string>>;
  /** Decoded (gzip, deflate, br), at most `bodyBytesMax` bytes. */
  readonly body: Uint8Array;
  readonly bodySha256: string;
  readonly isBodyTruncated: boolean;
}

export interface HttpResult {
  readonly failure: string | null;
  /** What came, also when the body then failed. Null when no header came. */
  readonly response: HttpResponse | null;
  /** Until the first byte of the response's header was parsed; null when none came. */
  readonly firstByteMs: number | null;
  /** Sampled about every 250 ms while the body comes, and at its end. A stall shows as equal neighbours. */
  readonly progress: readonly HttpProgress[];
}

export interface QuicRequest {
  /** Sent as the server name (not sent when it is an IP address) and checked against the certificate. */
  readonly serverName: string;
  /** False: a completed handshake is a success whatever the certificate says. */
  readonly verify: boolean;
}

export interface QuicResult {
  /** Null where the handshake completed; silence is `generic_timeout_error`. */
  readonly failure: string | null;
  /** Agreed on; empty where it failed before. */
  readonly alpn: string;
  /** Leaf first, as the server sent it. Kept on a failed verification too; empty when none came. */
  readonly chain: readonly PeerCertificate[];
  readonly traffic: Traffic;
}

/** How this machine knows of a way out, without naming its addresses. */
export interface GatewayResult {
  /** Null: the way out is there, as far as `basis` goes. */
  readonly failure: string | null;
  /** `answer`: the gateway itself answered. `neighbour`: the link knows it. `route`: only that a route exists. `none`: not even that. */
  readonly basis: 'answer' | 'neighbour' | 'route' | 'none';
}

export interface Network {
  /** Connections leave through a proxy that resolves names: they stand where addresses would. Absent: they leave directly. */
  readonly isProxied?: true;
  /** The resolvers this network was given: the system's, further ones over UDP, one over HTTPS. */
  readonly resolvers: {
    readonly system: Resolver;
    readonly udp: readonly Resolver[];
    readonly doh: Resolver | null;
  };
  resolve(request: ResolveRequest, limits: Limits): Promise<Resolution>;
  connectTcp(
    endpoint: { readonly address: string; readonly port: number },
    limits: Limits,
  ): Promise<TcpResult>;
  /** Uses up `connection`: after a failure it is closed, after success talk through the new one. Its `traffic()` stays right. */
  handshakeTls(connection: Connection, request: TlsRequest, limits: Limits): Promise<TlsResult>;
  /** One request, one answer, over the open connection; follows no redirect, repeats nothing, closes the connection after. */
  fetchHttp(connection: Connection, request: HttpRequest, limits: Limits): Promise<HttpResult>;
  /**
   * One handshake of QUIC version 1 (RFC 9000) for HTTP/3, closed at once: no request is sent.
   * Rejects, against the rule of this port, where the machine has no build of the QUIC library; `loadQuic` says so beforehand.
   */
  handshakeQuic(
    endpoint: { readonly address: string; readonly port: number },
    request: QuicRequest,
    limits: Limits,
  ): Promise<QuicResult>;
  /** Whether the first hop out of this machine is there. */
  checkGateway(limits: Limits): Promise<GatewayResult>;
}
