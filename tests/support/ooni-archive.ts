/** A bucket on loopback that lists and serves like OONI's (ListObjectsV2 in pages), and fails as it is told. */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { closed, portOf } from './answering-server.ts';

export interface ArchiveFaults {
  /** The n-th request of all (from 1) is answered so instead; a Retry-After of 0 keeps a test quick. */
  readonly refuse?: (number: number, path: string) => 403 | 404 | 429 | 503 | null;
  /** Whether this delivery of the key breaks off half-way; `tries` from 1. */
  readonly breakOff?: (key: string, tries: number) => boolean;
  /** What stands in the place of any listing. */
  readonly listing?: string;
  /** Waited for before each file. */
  readonly beforeFile?: (key: string) => Promise<void>;
}

export interface ArchiveServer {
  readonly url: string;
  /** Paths asked for, with their query, in order. */
  readonly asked: readonly string[];
  /** How many are being answered now. */
  readonly atOnce: () => number;
  /** The most that were answered at once. */
  readonly atOnceMax: () => number;
  readonly close: () => Promise<void>;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

function listingOf(files: ReadonlyMap<string, Buffer>, query: URLSearchParams, pageSize: number): string {
  const prefix = query.get('prefix') ?? '';
  const after = query.get('continuation-token')?.replace(/^token of /u, '') ?? query.get('start-after') ?? '';
  const keys = [...files.keys()].filter((key) => key.startsWith(prefix) && key > after).sort();
  const page = keys.slice(0, pageSize);
  const isTruncated = keys.length > page.length;
  const contents = page.map(
    (key) =>
      `<Contents><Key>${escaped(key)}</Key><LastModified>2020-11-02T10:00:00.000Z</LastModified>` +
      `<ETag>&quot;${files.get(key)?.subarray(-8).toString('hex') ?? ''}&quot;</ETag><Size>${files.get(key)?.length ?? 0}</Size></Contents>`,
  );
  const next = isTruncated
    ? `<NextContinuationToken>token of ${escaped(page.at(-1) ?? '')}</NextContinuationToken>`
    : '';
  return (
    `<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">` +
    `<Name>bucket</Name><Prefix>${escaped(prefix)}</Prefix><KeyCount>${page.length}</KeyCount><IsTruncated>${isTruncated}</IsTruncated>` +
    `${next}${contents.join('')}</ListBucketResult>`
  );
}

export async function startArchive(
  files: ReadonlyMap<string, Buffer>,
  faults: ArchiveFaults = {},
  pageSize = 10,
): Promise<ArchiveServer> {
  const asked: string[] = [];
  const tries = new Map<string, number>();
  let [now, most] = [0, 0];

  async function serve({ pathname, searchParams }: URL, response: ServerResponse): Promise<void> {
    if (pathname === '/') {
      response.end(faults.listing ?? listingOf(files, searchParams, pageSize));
      return;
    }
    const key = decodeURIComponent(pathname.slice(1));
    const body = files.get(key);
    if (body === undefined) {
      response.writeHead(404).end();
      return;
    }
    await faults.beforeFile?.(key);
    const nth = (tries.get(key) ?? 0) + 1;
    tries.set(key, nth);
    response.writeHead(200, { 'content-length': body.length });
    if (faults.breakOff?.(key, nth) !== true) response.end(body);
    else response.write(body.subarray(0, body.length / 2), () => response.destroy());
  }

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url ?? '/';
    asked.push(path);
    now += 1;
    most = Math.max(most, now);
    response.once('close', () => (now -= 1));
    const refusal = faults.refuse?.(asked.length, path) ?? null;
    if (refusal === null) void serve(new URL(path, 'http://archive.test'), response);
    else response.writeHead(refusal, { 'retry-after': '0' }).end();
  }

  const server = createServer(answer);
  const port = await portOf(server);
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    atOnce: () => now,
    atOnceMax: () => most,
    close: async () => closed(server),
  };
}
