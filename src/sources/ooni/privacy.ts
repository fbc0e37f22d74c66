/**
 * What of another's measurement is not kept: the probe's address wherever it stands, its resolver's, cookies, and bodies
 * beyond what tells them apart. OONI withholds the probe's address itself; old probes could be told to give it.
 */
import { createHash } from 'node:crypto';
import { WebTestKeys } from '../../../probes/measurement.ts';
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

/** A copy; the original stays as it is. */
export function withoutPrivacy(measurement: Measurement, keeping: Keeping): Measurement {
  const { probe_ip: address } = measurement;
  const lean = { ...measurement, test_keys: withoutBodies(measurement.test_keys, keeping) };
  const known = address !== WITHHELD && isIpAddress(address) ? address : null;
  return { ...lean, ...scrubbedFields(lean, known), probe_ip: WITHHELD };
}

function scrubbedFields(measurement: Measurement, address: string | null): Pick<Measurement, 'test_keys'> {
  const scrubbed: Record<string, unknown> = eachScrubbed(measurement, address, 0);
  const { test_keys: keys } = scrubbed;
  const testKeys = typeof keys === 'object' && keys !== null ? { ...keys } : {};
  return { ...scrubbed, test_keys: testKeys };
}

function scrub(value: unknown, key: string, address: string | null, depth: number): unknown {
  if (typeof value === 'string') return scrubText(value, key, address);
  if (typeof value !== 'object' || value === null || depth > DEPTH_MAX) return value;
  if (Array.isArray(value)) return value.map((item: unknown) => scrub(item, key, address, depth + 1));
  return eachScrubbed(value, address, depth + 1);
}

/** Defined, not assigned: assigned, `__proto__` would become the copy's prototype. */
function eachScrubbed(value: object, address: string | null, depth: number): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, scrub(inner, name, address, depth)]),
  );
}

function scrubText(text: string, key: string, address: string | null): string {
  if (PRIVATE_KEYS.has(key) && isIpAddress(text)) return WITHHELD;
  return address === null ? text : scrubAddress(text, address);
}

function withoutBodies(testKeys: Measurement['test_keys'], keeping: Keeping): Measurement['test_keys'] {
  const parsed = WebTestKeys.safeParse(testKeys);
  if (!parsed.success) return testKeys;
  const requests = parsed.data.requests.map((each) => recorded(each, keeping));
  return { ...testKeys, ...(parsed.data.requests.length > 0 ? { requests } : {}) };
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
        x_aiqyn_body_bytes: bytesOf(body).length,
        x_aiqyn_body_title: typeof body === 'string' ? titleInBody(body) : '',
        x_aiqyn_body_sha256: createHash('sha256').update(bytesOf(body)).digest('hex'),
        x_aiqyn_body_fingerprints: [...blockpagesOf(response)],
        ...(keepBodies ? {} : { body: '' }),
      };
  return {
    ...transaction,
    request: withoutCookies(request),
    response: withoutCookies({ ...response, ...told }),
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
