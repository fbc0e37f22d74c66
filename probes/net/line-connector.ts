/**
 * Connections of ours (to collector and control) by one line: from its address, with names asked through its own resolvers. The
 * name stays what TLS asks for and checks.
 */
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { buildConnector } from 'undici';
import { FAILURE } from '../failure.ts';
import { isIpAddress } from '../scrub.ts';
import { sourceFor } from './line.ts';
import type { LineOptions } from './line.ts';

/** Of a name; more are not tried. */
const ADDRESSES_MAX = 4;

export interface WayLine {
  readonly line: LineOptions;
  /** Addresses of a name, the best first; empty where nobody knows it. Never rejects. */
  readonly addressesOf: (hostname: string) => Promise<readonly string[]>;
}

/** Why a connection was not even tried; `code` is what the system itself would have said. */
class LineError extends Error {
  override readonly name = 'LineError';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** For undici's Agent. Tries the name's addresses one after another. */
export function lineConnector(way: WayLine, tls: { readonly ca?: string }): buildConnector.connector {
  const connect = buildConnector(tls);
  return (options, callback) => {
    connected(connect, options, way).then(
      (socket) => {
        callback(null, socket);
      },
      (error: unknown) => {
        callback(error instanceof Error ? error : new Error(String(error)), null);
      },
    );
  };
}

async function connected(
  connect: buildConnector.connector,
  options: buildConnector.Options,
  { line, addressesOf }: WayLine,
): Promise<Socket | TLSSocket> {
  const host = options.hostname.replace(/^\[|\]$/g, '');
  const found = isIpAddress(host) ? [host] : await addressesOf(host);
  let failure: unknown = new LineError('ENOTFOUND', FAILURE.dnsNoAnswer);
  for (const address of found.slice(0, ADDRESSES_MAX)) {
    const localAddress = sourceFor(address, line);
    if (localAddress === null) {
      failure = new LineError('ENETUNREACH', 'the line has no address of this family');
      continue;
    }
    try {
      return await once(connect, {
        ...options,
        hostname: address,
        ...(isIpAddress(host) ? {} : { servername: host }),
        localAddress: localAddress ?? null,
      });
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

async function once(
  connect: buildConnector.connector,
  options: buildConnector.Options,
): Promise<Socket | TLSSocket> {
  return new Promise((resolve, reject) => {
    connect(options, (error, socket) => {
      // On failure the library leaves the socket out, whatever its types say.
      if (error === null) resolve(socket);
      else reject(error);
    });
  });
}
