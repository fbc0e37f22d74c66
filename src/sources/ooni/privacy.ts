/**
 * What of another's measurement is not kept: the probe's address wherever it stands, its resolver's, cookies, and bodies
 * beyond what tells them apart. OONI withholds the probe's address itself; old probes could be told to give it.
 */
import { createHash } from 'node:crypto';
import { asJudged, readWebTestKeys } from '../../../probes/measurement.ts';
import type { Measurement } from '../../../probes/measurement.ts';
import type { BinaryData, HttpTransaction } from '../../../probes/observations.ts';
import { isIpAddress, isPrivateHeader, scrubAddress } from '../../../probes/scrub.ts';
import { titleInBody } from '../../analysis/verdict/gather.ts';
import type { Knowledge } from '../../analysis/verdict/verdict.ts';

/** OONI writes this for an address that it withholds. */
const WITHHELD = '127.0.0.1';
/** Keys of `test_keys` and of the envelope that tell of the probe's own network. */
const PRIVATE_KEYS: ReadonlySet<string> = new Set(['client_resolver', 'resolver_ip', 'probe_ip']);
const DEPTH_MAX = 40;

export interface Keeping {
  readonly blockpagesOf: Knowledge['blockpagesOf'];
  /** Default: only length, title, hash and matched block pages are kept. */
  readonly keepBodies: boolean;
}

/** The original stays as it is; what of it is kept unchanged is shared with it. */
export function withoutPrivacy(measurement: Measurement, keeping: Keeping): Measurement {
  const { probe_ip: address } = measurement;
  const lean = { ...measurement, test_keys: withoutBodies(measurement.test_keys, keeping) };
  const known = address !== WITHHELD && isIpAddress(address) ? address : null;
  return { ...lean, ...scrubbedFields(lean, known), probe_ip: WITHHELD };
}

function scrubbedFields(
  { test_keys, ...envelope }: Measurement,
  address: string | null,
): Pick<Measurement, 'test_keys'> {
  return { ...eachScrubbed(envelope, address, 0), test_keys: eachScrubbed(test_keys, address, 1) };
}

function scrub(value: unknown, key: string, address: string | null, depth: number): unknown {
  if (typeof value === 'string') return scrubText(value, key, address);
  if (typeof value !== 'object' || value === null || depth > DEPTH_MAX) return value;
  if (isMap(value)) return eachScrubbed(value, address, depth + 1);
  const items: readonly unknown[] = Array.isArray(value) ? value : [];
  const scrubbed = items.map((item) => scrub(item, key, address, depth + 1));
  return scrubbed.every((item, index) => item === items[index]) ? items : scrubbed;
}

function isMap(value: object): value is Readonly<Record<string, unknown>> {
  return !Array.isArray(value);
}

/** Itself where there is nothing to scrub, which is so of most. Defined, not assigned: assigned, `__proto__` would become the copy's prototype. */
function eachScrubbed<T extends Readonly<Record<string, unknown>>>(
  value: T,
  address: string | null,
  depth: number,
): T | Record<string, unknown> {
  const entries = Object.entries(value);
  const scrubbed = entries.map(([name, inner]): [string, unknown] => [
    name,
    scrub(inner, name, address, depth),
  ]);
  return scrubbed.every(([, inner], index) => inner === entries[index]?.[1])
    ? value
    : Object.fromEntries(scrubbed);
}

function scrubText(text: string, key: string, address: string | null): string {
  if (PRIVATE_KEYS.has(key) && isIpAddress(text)) return WITHHELD;
  return address === null ? text : scrubAddress(text, address);
}

function withoutBodies(testKeys: Measurement['test_keys'], keeping: Keeping): Measurement['test_keys'] {
  const keys = readWebTestKeys(testKeys);
  if (keys === null || keys.requests.length === 0) return testKeys;
  const requests = keys.requests.map((each) => recorded(each, keeping));
  if (keys !== testKeys) return { ...testKeys, requests };
  // Read already: then what is made of it need not be read again by the judge.
  const { client_resolver: resolver } = keys;
  const told = typeof resolver === 'string' && isIpAddress(resolver) ? { client_resolver: WITHHELD } : {};
  return asJudged({ ...keys, ...told, requests });
}

/** As our own probe records a page. A body that was not kept at all stays unknown. */
function recorded(transaction: HttpTransaction, { blockpagesOf, keepBodies }: Keeping): HttpTransaction {
  const { request, response } = transaction;
  if (response === null) return transaction;
  const { body } = response;
  const isKnown = response.x_aiqyn_body_bytes !== undefined || (typeof body === 'string' && body === '');
  const told = isKnown
    ? {}
    : {
        ...digestOf(bytesOf(body)),
        x_aiqyn_body_title: typeof body === 'string' ? titleInBody(body) : '',
        x_aiqyn_body_fingerprints: [...blockpagesOf(response)],
        ...(keepBodies ? {} : { body: '' }),
      };
  return {
    ...transaction,
    request: withoutCookies(request),
    response: withoutCookies({ ...response, ...told }),
  };
}

function digestOf(bytes: Buffer) {
  return {
    x_aiqyn_body_bytes: bytes.length,
    x_aiqyn_body_sha256: createHash('sha256').update(bytes).digest('hex'),
  };
}

function bytesOf(body: string | BinaryData): Buffer {
  return typeof body === 'string' ? Buffer.from(body) : Buffer.from(body.data, 'base64');
}

/** Header names stay, because they are compared with the control's; what they say of who asked does not. */
function withoutCookies<T extends { readonly headers: Readonly<Record<string, unknown>> }>(message: T): T {
  const headers = Object.fromEntries(
    Object.entries(message.headers).map(([name, value]) => [name, isPrivateHeader(name) ? '' : value]),
  );
  return { ...message, headers, ...listWithoutCookies(message) };
}

/** df-001 writes headers twice: by name, and as a list of pairs. */
function listWithoutCookies(message: object): { headers_list?: unknown[] } {
  if (!('headers_list' in message) || !Array.isArray(message.headers_list)) return {};
  return {
    headers_list: message.headers_list.map((pair: unknown) =>
      Array.isArray(pair) && typeof pair[0] === 'string' && isPrivateHeader(pair[0]) ? [pair[0], ''] : pair,
    ),
  };
}
