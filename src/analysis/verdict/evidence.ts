/**
 * Evidence: a measurement's observations put in order by what they say, not by where they stood in the file.
 * The user's path is what counts: the answers of the system's resolver, the addresses in them, the redirects followed.
 */
import type { BinaryData } from '../../../probes/observations.ts';
import type { Connectivity } from '../../../probes/words.ts';
import type { CertificateFacts, KnownInterceptor, Layer } from './verdict.ts';

/** `system`: what programs on the machine get. `clear`: a resolver asked in clear text. `encrypted`: DoH or DoT. */
export type EngineClass = 'system' | 'clear' | 'encrypted';

export interface Lookup {
  readonly engine: EngineClass;
  readonly host: string;
  readonly failure: string | null;
  readonly addresses: readonly string[];
  /** Other answers to the same question that came after the one that was taken. */
  readonly late: readonly LateAnswer[];
}

/** With an injector on the path the first answer is made up, and the name server's own comes late. */
export interface LateAnswer {
  /** After the question; null where it was not kept. */
  readonly elapsedMs: number | null;
  readonly addresses: readonly string[];
}

export interface Endpoint {
  readonly ip: string;
  readonly port: number;
  readonly failure: string | null;
}

export interface Handshake {
  readonly place: string;
  readonly ip: string;
  readonly port: number;
  readonly name: string;
  readonly failure: string | null;
  readonly verified: boolean;
  readonly seconds: number | null;
  readonly certificates: readonly BinaryData[];
  readonly chainSha256: readonly string[];
  /** To an address that the user's own lookup gave. */
  readonly onPath: boolean;
}

export interface Fetch {
  /** The URL in its canonical form; empty where it is none. */
  readonly href: string;
  readonly place: string;
  readonly failure: string | null;
  /** 0 where no status line came. */
  readonly code: number;
  readonly location: string;
  /** Null where the body's length is not known, or it was cut at our own bound. */
  readonly bodyBytes: number | null;
  readonly title: string | null;
  readonly server: string;
  readonly headerNames: readonly string[];
  readonly fingerprints: readonly string[];
  /** Under a certificate that verified for the name. */
  readonly secure: boolean;
  /** Body bytes per second over the time of receiving, where progress was sampled for long enough. */
  readonly bytesPerSecond: number | null;
}

/** One URL on the user's path. */
export interface Hop {
  readonly href: string;
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  readonly lookups: readonly Lookup[];
  /** Addresses a program on this machine would use; empty where the lookup failed or was not made. */
  readonly addresses: readonly string[];
  readonly endpoints: readonly Endpoint[];
  readonly handshakes: readonly Handshake[];
  /** Handshakes under a harmless name at addresses of this hop. */
  readonly harmless: readonly Handshake[];
  readonly fetches: readonly Fetch[];
}

export type Stage = Extract<Layer, 'dns' | 'tcp' | 'tls' | 'http'>;

/** Where the user's path ended. */
export type Outcome =
  | { readonly kind: 'page'; readonly hop: Hop; readonly fetch: Fetch; readonly secureAllTheWay: boolean }
  | { readonly kind: 'handshake'; readonly hop: Hop }
  | { readonly kind: 'failed'; readonly hop: Hop; readonly stage: Stage; readonly failure: string }
  | { readonly kind: 'nothing'; readonly hop: Hop };

export interface ControlPage {
  readonly code: number;
  readonly bodyBytes: number | null;
  readonly title: string | null;
  readonly server: string;
  readonly headerNames: readonly string[];
  readonly bytesPerSecond: number | null;
}

/**
 * `failed`: it answered, and could not reach the target either. `silent`: it was asked and did not answer, or said
 * nothing. `unasked`: there is none.
 */
export interface ControlView {
  readonly kind: 'reached' | 'failed' | 'silent' | 'unasked';
  /** Asked at the time of the measurement, not remembered. */
  readonly live: boolean;
  /** It says that the name does not exist. */
  readonly nameMissing: boolean;
  readonly failure: string | null;
  readonly addresses: readonly string[];
  readonly page: ControlPage | null;
  /** By `ip:port`; true where it connected. */
  readonly tcp: ReadonlyMap<string, boolean>;
  /** By `ip:port`; the failure, null where the handshake verified. */
  readonly tls: ReadonlyMap<string, string | null>;
  /** By `ip:port`; SHA-256 of the chain it saw, where it says so. */
  readonly chains: ReadonlyMap<string, readonly string[]>;
  /** SHA-256 of the keys that signed the chains which it could verify. */
  readonly signers: ReadonlySet<string>;
}

/** Whether the user's answers for the first name agree with the control's or with an encrypted resolver's. */
export type Consistency = 'consistent' | 'inconsistent' | 'unknown';

export interface Chain {
  /** SHA-256 (hex) of each certificate as far as kept; empty where nothing was. */
  readonly sha256: readonly string[];
  /** Null where none was kept or it cannot be read. */
  readonly leaf: CertificateFacts | null;
  /** SHA-256 (hex) of the keys of all but the leaf. */
  readonly signerKeys: readonly string[];
}

export interface Interception {
  readonly interceptor: KnownInterceptor;
  readonly by: 'certificate' | 'key' | 'issuer';
  readonly handshake: Handshake;
}

/** A late answer that gives away an injected one: the first led elsewhere, the late one to where others find the site. */
export interface Injection {
  readonly elapsedMs: number | null;
  readonly addresses: readonly string[];
}

export interface Evidence {
  readonly abort: string | null;
  readonly connectivity: Connectivity | null;
  readonly isEmpty: boolean;
  /** Through a proxy, whose own failures look like the far side's. */
  readonly isProxied: boolean;
  readonly hops: readonly Hop[];
  readonly first: Hop;
  readonly outcome: Outcome;
  /** The answers that led from hop to hop, the last page included. */
  readonly followed: readonly Fetch[];
  readonly control: ControlView;
  readonly consistency: Consistency;
  /** Of the first name; null where no late answer shows one. */
  readonly injection: Injection | null;
  readonly interception: Interception | null;
  readonly asnOf: (ip: string) => number | null;
  /** What the catalogue expects of the target; null where it says nothing. */
  readonly expectation: { readonly asns: readonly number[]; readonly issuers: readonly string[] } | null;
  /** The chain that a handshake showed, leaf first. */
  readonly chainOf: (handshake: Handshake) => Chain;
}
