/** Verdict: what a measurement means. Made from it and its control by a pure function; see judge.ts. */

/** In the store for years: add, never rename. DESIGN's glossary defines each. */
export const STATUSES = [
  'ok',
  'blocked',
  'throttled',
  'intercepted',
  'tampered',
  'down',
  'offline',
  'inconclusive',
] as const;
export type Status = (typeof STATUSES)[number];

export const LAYERS = ['dns', 'tcp', 'tls', 'quic', 'http', 'app', 'network'] as const;
export type Layer = (typeof LAYERS)[number];

export const METHODS = [
  'nxdomain',
  'bogon',
  'injected_answer',
  'no_answer',
  'servfail',
  'refused',
  'reset',
  'drop',
  'eof',
  'sni_drop',
  'sni_reset',
  'sni_eof',
  'forged_certificate',
  'blockpage',
  'content_changed',
  'relay',
  'rate_limit',
  'stall',
] as const;
export type Method = (typeof METHODS)[number];

/** Confidence from which on a verdict may open an incident; below it a verdict is shown and nothing more. */
export const CONFIDENCE_FLOOR = 0.5;

export interface Verdict {
  readonly status: Status;
  readonly layer: Layer | null;
  readonly method: Method | null;
  /** The first failure word that the verdict rests on, in OONI's vocabulary. */
  readonly failure: string | null;
  /** 0–1. */
  readonly confidence: number;
  /** Short sentences that name the observations they rest on. */
  readonly reasons: readonly string[];
  /** 0 reachable … 1 blocked. */
  readonly score: number;
  /** The rule that decided, e.g. `tls.sni_drop`. */
  readonly rule: string;
}

/** What a certificate says of itself; made by the caller, because analysis touches no crypto library. */
export interface CertificateFacts {
  readonly sha256: string;
  readonly sha1: string;
  readonly spkiSha256: string;
  readonly subject: string;
  readonly issuer: string;
  /** Host names it is for, lower case, `*.` for wildcards: its subject alternative names, else its common name. */
  readonly names: readonly string[];
  /** UTC epoch milliseconds. */
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

export interface KnownInterceptor {
  readonly id: string;
  readonly sha256?: string | undefined;
  readonly sha1?: string | undefined;
  readonly spkiSha256?: string | undefined;
  /** Its distinguished name: a leaf whose issuer bears it counts, with less confidence. Never an ordinary root's. */
  readonly subject?: string | undefined;
}

/** An answer as the record has it: a body that is no text comes as `format` and `data` (base64). */
export interface ServedPage {
  readonly body: string | { readonly format: 'base64'; readonly data: string };
  readonly headers: Readonly<Record<string, unknown>>;
}

/** The facts a verdict may use besides the measurement. All pure and deterministic. */
export interface Knowledge {
  readonly interceptors: readonly KnownInterceptor[];
  /** Reads a DER certificate (base64); null where it cannot be read. */
  readonly readCertificate: (derBase64: string) => CertificateFacts | null;
  /** Ids of the catalogued block pages that an answer bears by body, title or header. */
  readonly blockpagesOf: (page: ServedPage) => readonly string[];
  /** The AS number of an address where a table is at hand, else null. */
  readonly asnOf: (address: string) => number | null;
  /** What the catalogue expects of a target, by target id; used when no control could be asked. */
  readonly expectationOf: (
    targetId: string,
  ) => { readonly asns: readonly number[]; readonly issuers: readonly string[] } | null;
}
