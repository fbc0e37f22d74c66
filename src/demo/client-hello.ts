/**
 * Reads the server name out of a TLS ClientHello (RFC 8446 section 4.1.2, RFC 6066 section 3), as a censor's box does: from
 * the first bytes of a connection, without taking part in the handshake.
 */

/** A ClientHello with post-quantum key shares has about 1.8 kB; what is longer than this is not waited for. */
export const HELLO_BYTES_MAX = 16_384;

const RECORD_HANDSHAKE = 22;
const RECORD_HEADER_BYTES = 5;
const HANDSHAKE_HEADER_BYTES = 4;
const CLIENT_HELLO = 1;
const EXTENSION_SERVER_NAME = 0;
const NAME_TYPE_HOST = 0;
/** legacy_version and random, which stand before the first list. */
const FIXED_BYTES = 34;

export type HelloReading =
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'not_tls' }
  /** `serverName` is lower-case; null when the client sent none. */
  | { readonly kind: 'hello'; readonly serverName: string | null };

const INCOMPLETE: HelloReading = { kind: 'incomplete' };
const NOT_TLS: HelloReading = { kind: 'not_tls' };

/** @param bytes everything that came on the connection so far. */
export function readClientHello(bytes: Buffer): HelloReading {
  const message = handshakeBytes(bytes);
  if (message === null) return NOT_TLS;
  if (message.length < HANDSHAKE_HEADER_BYTES) return tooLong(bytes) ? NOT_TLS : INCOMPLETE;
  if (message[0] !== CLIENT_HELLO) return NOT_TLS;
  const end = HANDSHAKE_HEADER_BYTES + message.readUIntBE(1, 3);
  if (message.length < end) return tooLong(bytes) ? NOT_TLS : INCOMPLETE;
  try {
    return { kind: 'hello', serverName: serverNameIn(message.subarray(HANDSHAKE_HEADER_BYTES, end)) };
  } catch (error) {
    // A length that points outside its list: not a hello that any server would take.
    if (error instanceof RangeError) return NOT_TLS;
    throw error;
  }
}

function tooLong(bytes: Buffer): boolean {
  return bytes.length >= HELLO_BYTES_MAX;
}

/** The handshake's bytes, put together from the records that carry them; null when the bytes are not TLS. */
function handshakeBytes(bytes: Buffer): Buffer | null {
  const fragments: Buffer[] = [];
  let at = 0;
  while (at < bytes.length) {
    if (bytes[at] !== RECORD_HANDSHAKE) return fragments.length === 0 ? null : Buffer.concat(fragments);
    if (bytes.length < at + RECORD_HEADER_BYTES) break;
    const start = at + RECORD_HEADER_BYTES;
    const end = start + bytes.readUInt16BE(at + 3);
    fragments.push(bytes.subarray(start, Math.min(end, bytes.length)));
    at = end;
  }
  return Buffer.concat(fragments);
}

function serverNameIn(body: Buffer): string | null {
  let at = FIXED_BYTES;
  at += 1 + body.readUInt8(at);
  at += 2 + body.readUInt16BE(at);
  at += 1 + body.readUInt8(at);
  if (at >= body.length) return null;
  const end = at + 2 + body.readUInt16BE(at);
  at += 2;
  while (at < end) {
    const type = body.readUInt16BE(at);
    const length = body.readUInt16BE(at + 2);
    if (type === EXTENSION_SERVER_NAME) return hostNameIn(body.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return null;
}

function hostNameIn(extension: Buffer): string | null {
  if (extension.readUInt8(2) !== NAME_TYPE_HOST) return null;
  const length = extension.readUInt16BE(3);
  return extension.toString('latin1', 5, 5 + length).toLowerCase();
}
