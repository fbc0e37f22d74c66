/** Downloads of data: streamed, two at a time, ten in ten minutes for each address, none longer than ten minutes. */
import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { ACCESSES, PLATFORMS } from '../../../probes/words.ts';
import type { ReachabilityPoint } from '../../analysis/detect/point.ts';
import { writeParquet } from '../../export/parquet.ts';
import { PUBLIC_COLUMNS } from '../../export/point-table.ts';
import type { Scope, Window } from '../../store/store.ts';
import type { WebContext } from '../context.ts';
import { roundedMs } from '../rounding.ts';
import { EXPORT_FORMATS } from './export-address.ts';
import type { ExportFormat } from './export-address.ts';
import { publicRows, textsOf } from './export-rows.ts';
import { RequestError } from './problem.ts';
import { Operator, Problem, WindowQuery } from './schemas.ts';
import { windowOf } from './window.ts';

const WINDOW_DAYS_MAX = 366;
const AT_ONCE_MAX = 2;
const LONGEST_MS = 600_000;
const ROWS_MAX = 20_000_000;
const LIMIT = { max: 10, timeWindow: 600_000 };
const TYPES: Readonly<Record<ExportFormat, string>> = {
  csv: 'text/csv; charset=utf-8; header=present',
  jsonl: 'application/x-ndjson; charset=utf-8',
  parquet: 'application/vnd.apache.parquet',
};

const ExportQuery = WindowQuery.extend({
  format: z.enum(EXPORT_FORMATS).default('csv'),
  platform: z.enum(PLATFORMS).optional(),
  operator: Operator.optional(),
  place: z.string().min(1).max(64).optional(),
  access: z.enum(ACCESSES).optional(),
});
type ExportQuery = z.infer<typeof ExportQuery>;

function scopeOf({ platform, operator, place, access }: ExportQuery): Scope {
  return {
    ...(platform === undefined ? {} : { platform }),
    ...(operator === undefined ? {} : { operator }),
    ...(place === undefined ? {} : { place }),
    ...(access === undefined ? {} : { access }),
  };
}

/** Whole steps: a window inside one would tell its instants one by one. */
function wholeSteps({ fromMs, toMs }: Window): Window {
  return { fromMs: roundedMs(fromMs), toMs: roundedMs(toMs) };
}

/** Ends with an error, and so with a broken answer, where it takes too long or grows too large. */
async function* bounded(
  points: AsyncIterable<ReachabilityPoint>,
  { clock }: WebContext,
): AsyncGenerator<ReachabilityPoint> {
  const untilMs = clock.monotonicMs() + LONGEST_MS;
  let count = 0;
  for await (const point of points) {
    count += 1;
    if (count > ROWS_MAX || clock.monotonicMs() > untilMs)
      throw new Error('a download was too long and was broken off');
    yield point;
  }
}

/** Written to a temporary file first: Parquet has its table of contents at the end. */
async function parquetStream(points: AsyncIterable<ReachabilityPoint>): Promise<Readable> {
  const folder = await mkdtemp(join(tmpdir(), 'aiqyn-export-'));
  async function clean(): Promise<void> {
    await rm(folder, { recursive: true, force: true });
  }
  try {
    const file = join(folder, 'export.parquet');
    await writeParquet(file, publicRows(points), PUBLIC_COLUMNS);
    const stream = createReadStream(file);
    stream.once('close', () => void clean());
    return stream;
  } catch (error) {
    await clean();
    throw error;
  }
}

export function registerExport(instance: FastifyInstance, context: WebContext): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  let running = 0;

  /** Counts itself out when its answer has ended, however it ended. */
  async function send(query: ExportQuery, window: Window, reply: FastifyReply): Promise<FastifyReply> {
    const { format } = query;
    running += 1;
    reply.raw.once('close', () => (running -= 1));
    const points = bounded(context.store.points(window, scopeOf(query)), context);
    const stream =
      format === 'parquet' ? await parquetStream(points) : Readable.from(textsOf(publicRows(points), format));
    const name = `aiqyn-${new Date(window.fromMs).toISOString().slice(0, 10)}.${format}`;
    return reply
      .header('access-control-allow-origin', '*')
      .header('cache-control', 'no-store')
      .header('content-disposition', `attachment; filename="${name}"`)
      .type(TYPES[format])
      .send(stream);
  }

  app.get(
    '/api/export',
    {
      config: { rateLimit: LIMIT },
      schema: {
        summary: context.messages.data.endpoints['/api/export'],
        querystring: ExportQuery,
        response: { 400: Problem, 429: Problem },
      },
    },
    async ({ query }, reply) => {
      const window = wholeSteps(windowOf(context, query, WINDOW_DAYS_MAX));
      if (window.fromMs >= window.toMs) throw new RequestError(400, context.messages.api.windowOrder);
      if (running >= AT_ONCE_MAX) {
        reply.header('retry-after', '60');
        throw new RequestError(429, context.messages.api.exportBusy);
      }
      return send(query, window, reply);
    },
  );
}
