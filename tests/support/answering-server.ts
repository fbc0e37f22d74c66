/** An HTTP server on loopback that answers as a test tells it; for what a server of another's says when something is wrong. */
import { createServer } from 'node:http';
import type { Server } from 'node:http';

/** What a network's sign-in puts in the place of any answer. */
export const LOGIN_PAGE =
  '<!doctype html><html><head><title>Sign in – SSO</title></head><body>…</body></html>';

export interface GivenAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface GivenRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly body: string;
  readonly authorization: string;
}

export interface AnsweringServer {
  readonly url: string;
  readonly close: () => Promise<void>;
}

export async function startAnswering(
  answerTo: (request: GivenRequest) => GivenAnswer,
): Promise<AnsweringServer> {
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const { status, headers, body } = answerTo({
        method: incoming.method ?? '',
        path: incoming.url ?? '',
        body: Buffer.concat(chunks).toString('utf8'),
        authorization: incoming.headers.authorization ?? '',
      });
      outgoing.writeHead(status, headers).end(body);
    });
  });
  return { url: `http://127.0.0.1:${await portOf(server)}`, close: async () => closed(server) };
}

/** Listens on a free port of loopback. */
export async function portOf(server: Pick<Server, 'listen' | 'address' | 'once'>): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const at = server.address();
      resolve(typeof at === 'object' && at !== null ? at.port : 0);
    });
  });
}

export async function closed(server: Pick<Server, 'close' | 'closeAllConnections'>): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
