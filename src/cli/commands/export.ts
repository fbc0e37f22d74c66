/** `aiqyn export`: measurements (jsonl) or their verdicts (csv, parquet) of a window, read from the archive, so it works beside the monitor. */
import { once } from 'node:events';
import { createWriteStream, existsSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { judge } from '../../analysis/verdict/judge.ts';
import { toPoint } from '../../analysis/verdict/point.ts';
import { readArchive } from '../../archive/segment-read.ts';
import type { ArchivedLine } from '../../archive/segment-read.ts';
import { loadCatalog } from '../../config/catalog-files.ts';
import { buildKnowledge } from '../../config/knowledge.ts';
import { ConfigError, EnvironmentError } from '../../errors.ts';
import { writeParquet } from '../../export/parquet.ts';
import { cellsOf, COLUMNS, csvLine } from '../../export/point-table.ts';
import type { Cell } from '../../export/point-table.ts';
import { parseInstant } from '../../export/time-window.ts';
import { EXIT, writeLine } from '../io.ts';
import type { Io } from '../io.ts';
import { createLogger } from '../logger.ts';

export interface ExportOptions {
  readonly from: string;
  readonly to: string;
  readonly format: 'csv' | 'parquet' | 'jsonl';
  /** A file, or `-` for stdout (csv, jsonl). */
  readonly output: string;
  readonly dataDir: string;
  readonly force?: boolean;
}

const PROGRESS_EVERY = 5_000;

/** Writes under a temporary name and renames. Exit code 3 when nothing lies in the window (then no file is made). */
export async function exportCommand(options: ExportOptions, io: Io): Promise<number> {
  const window = windowOf(options, Date.now());
  requireOutput(options);
  const log = createLogger('warn', false);
  const progress = { count: 0 };
  const lines = counted(readArchive(join(options.dataDir, 'archive'), window, log), progress, io);
  if (options.output === '-') {
    await writeTexts(io.stdout, textsOf(lines, options.format));
  } else {
    const temporary = `${options.output}.${process.pid}.tmp`;
    await requireWritable(temporary, options.output);
    try {
      if (options.format === 'parquet') await writeParquet(temporary, rowsOf(lines));
      else await writeFile(temporary, textsOf(lines, options.format));
      if (progress.count > 0) await rename(temporary, options.output);
    } finally {
      await rm(temporary, { force: true });
      await rm(`${temporary}.spill`, { recursive: true, force: true });
    }
  }
  if (progress.count === 0) {
    writeLine(io.stderr, 'Nothing was measured in that window.');
    return EXIT.missing;
  }
  const place = options.output === '-' ? 'stdout' : options.output;
  writeLine(io.stderr, `${progress.count} measurements written to ${place}.`);
  return EXIT.done;
}

function requireOutput({ format, output, force }: ExportOptions): void {
  if (format === 'parquet' && output === '-')
    throw new ConfigError('--output', 'parquet needs a file; csv and jsonl can go to stdout.');
  if (output !== '-' && force !== true && existsSync(output))
    throw new ConfigError('--output', `${output} is there already; --force replaces it.`);
}

function windowOf(options: ExportOptions, nowMs: number): { readonly fromMs: number; readonly toMs: number } {
  const fromMs = parseInstant(options.from, '--from', nowMs);
  const toMs = parseInstant(options.to, '--to', nowMs);
  if (fromMs >= toMs) throw new ConfigError('--from', `${options.from} is not before --to ${options.to}.`);
  return { fromMs, toMs };
}

async function* counted(
  lines: AsyncIterable<ArchivedLine>,
  progress: { count: number },
  { stderr }: Io,
): AsyncGenerator<ArchivedLine> {
  const onTerminal = 'isTTY' in stderr && stderr.isTTY === true;
  for await (const line of lines) {
    progress.count += 1;
    if (onTerminal && progress.count % PROGRESS_EVERY === 0)
      stderr.write(`\r${progress.count} measurements…`);
    yield line;
  }
  if (onTerminal && progress.count >= PROGRESS_EVERY) stderr.write('\r');
}

async function* rowsOf(lines: AsyncIterable<ArchivedLine>): AsyncGenerator<Cell[]> {
  const knowledge = buildKnowledge(loadCatalog());
  for await (const { measurement } of lines)
    yield cellsOf(toPoint(measurement, judge(measurement, knowledge)));
}

async function* textsOf(
  lines: AsyncIterable<ArchivedLine>,
  format: ExportOptions['format'],
): AsyncGenerator<string> {
  if (format === 'jsonl') {
    for await (const { text } of lines) yield `${text}\n`;
    return;
  }
  // The header comes with the first row: an empty window writes nothing at all.
  let isFirst = true;
  for await (const row of rowsOf(lines)) {
    if (isFirst) yield csvLine(COLUMNS.map(({ name }) => name));
    isFirst = false;
    yield csvLine(row);
  }
}

/** @throws EnvironmentError before anything is read, rather than after. */
async function requireWritable(temporary: string, output: string): Promise<void> {
  try {
    await (await open(temporary, 'w')).close();
  } catch (cause) {
    const why = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
    throw new EnvironmentError(
      'EXPORT_UNWRITABLE',
      `${output} cannot be written${why}; choose another place with --output.`,
      { cause },
    );
  }
}

/** @throws whatever the disk or the archive refused, at once: nobody waits for a file that is closed. */
async function writeFile(path: string, texts: AsyncIterable<string>): Promise<void> {
  await pipeline(texts, createWriteStream(path, { flush: true }));
}

async function writeTexts(stream: NodeJS.WritableStream, texts: AsyncIterable<string>): Promise<void> {
  for await (const text of texts) if (!stream.write(text)) await once(stream, 'drain');
}
