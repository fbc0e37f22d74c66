/** `aiqyn detect`: anomalies of a numeric series in a CSV file or on stdin, row by row, in bounded memory. */
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { readSeriesHeader, readSeriesRow } from '../../analysis/series/csv-row.ts';
import type { SeriesColumns, SeriesRow } from '../../analysis/series/csv-row.ts';
import { Episodes } from '../../analysis/series/episodes.ts';
import type { Episode } from '../../analysis/series/episodes.ts';
import { SeriesScorer } from '../../analysis/series/scorer.ts';
import type { Cause, SeriesScore } from '../../analysis/series/scorer.ts';
import { isCode } from '../../disk.ts';
import { ConfigError } from '../../errors.ts';
import { EXIT, writeLine } from '../io.ts';
import type { Io } from '../io.ts';

const LINE_LETTERS_MAX = 1 << 20;
const WRITE_LETTERS = 1 << 16;
const SCORE_STEPS = 1e6;
/** What timestamps are made of needs no escape. */
const PLAIN = /^[\w :.,+-]*$/;
const SHOWN_LETTERS_MAX = 60;

const CAUSES: Readonly<Record<Cause, string>> = {
  above: 'above what was expected',
  below: 'below what was expected',
  livelier: 'more restless than before',
  flatter: 'calmer than before',
  silence: 'rows were missing before this',
};

interface Problem {
  readonly what: string;
  readonly isSkipped: boolean;
  count: number;
  first: string;
}

interface Findings {
  rows: number;
  readonly problems: Map<string, Problem>;
}

/** Exit code 3 when rows had to be skipped or there were none. */
export async function detectCommand(
  file: string,
  options: { readonly json: boolean },
  io: Io,
  stdin: Readable = process.stdin,
): Promise<number> {
  const input = file === '-' ? stdin : opened(file);
  const findings: Findings = { rows: 0, problems: new Map() };
  const report = options.json ? jsonReport() : textReport();
  let pending = '';
  for await (const rows of scoredRows(lines(input, file), file, findings)) {
    for (const row of rows) pending += report.row(row);
    if (pending.length < WRITE_LETTERS) continue;
    if (!io.stdout.write(pending)) await once(io.stdout, 'drain');
    pending = '';
  }
  io.stdout.write(pending + report.end(findings.rows));
  return explain(findings, io);
}

/** A compressed file is read as what is in it; a failure of either stream ends the reading. */
function opened(file: string): Readable {
  const bytes = createReadStream(file);
  return file.endsWith('.gz') ? pipeline(bytes, createGunzip(), () => undefined) : bytes;
}

interface ScoredRow {
  readonly timestamp: string;
  readonly score: SeriesScore;
}

async function* scoredRows(
  batches: AsyncIterable<string[]>,
  file: string,
  findings: Findings,
): AsyncGenerator<ScoredRow[]> {
  const scorer = new SeriesScorer();
  let columns: SeriesColumns | null = null;
  let lineNumber = 0;
  let latestMs = Number.NEGATIVE_INFINITY;
  for await (const batch of batches) {
    const scored: ScoredRow[] = [];
    for (const line of batch) {
      lineNumber += 1;
      if (line.trim() === '' || line.startsWith('#')) continue;
      if (columns === null) {
        columns = readSeriesHeader(line);
        if (columns === null) throw new ConfigError(file, headerProblem(line, lineNumber));
        continue;
      }
      const row = readSeriesRow(line, columns);
      findings.rows += 1;
      noteProblem(findings, row, latestMs, lineNumber);
      scored.push({ timestamp: row.timestamp, score: scoreOf(scorer, row) });
      if (row.timestampMs > latestMs) latestMs = row.timestampMs;
    }
    yield scored;
  }
  if (columns === null) throw new ConfigError(file, 'is empty; a header "timestamp,value" is needed.');
}

function headerProblem(line: string, lineNumber: number): string {
  const shown = JSON.stringify(line.slice(0, SHOWN_LETTERS_MAX));
  const hint = /[;\t]/u.test(line) && !line.includes(',') ? ' Columns are parted by commas.' : '';
  return `the header must name the columns "timestamp" and "value"; line ${lineNumber} says ${shown}.${hint}`;
}

const UNSCORED: SeriesScore = { score: 0, anomaly: false, unusual: 0, cause: 'silence' };

function scoreOf(scorer: SeriesScorer, { timestampMs, value }: SeriesRow): SeriesScore {
  if (Number.isNaN(timestampMs)) return UNSCORED;
  return Number.isNaN(value) ? scorer.pushMissing(timestampMs) : scorer.push(timestampMs, value);
}

function noteProblem(findings: Findings, row: SeriesRow, latestMs: number, lineNumber: number): void {
  if (Number.isNaN(row.timestampMs))
    note(findings, 'skipped: no readable timestamp', true, row.timestamp, lineNumber);
  else if (Number.isNaN(row.value))
    note(findings, 'skipped: no readable value', true, row.valueText, lineNumber);
  else if (row.timestampMs < latestMs)
    note(findings, 'before the row above, scored in the order of the file', false, row.timestamp, lineNumber);
  else if (row.timestampMs === latestMs)
    note(findings, 'at the time of an earlier row', false, row.timestamp, lineNumber);
}

function note(findings: Findings, what: string, isSkipped: boolean, text: string, line: number): void {
  const known = findings.problems.get(what);
  if (known !== undefined) {
    known.count += 1;
    return;
  }
  const first = `line ${line}: ${JSON.stringify(text.slice(0, SHOWN_LETTERS_MAX))}`;
  findings.problems.set(what, { what, isSkipped, count: 1, first });
}

function explain({ rows, problems }: Findings, { stderr }: Io): number {
  if (rows === 0) {
    writeLine(stderr, 'There are no rows below the header.');
    return EXIT.missing;
  }
  let code: number = EXIT.done;
  for (const { what, isSkipped, count, first } of problems.values()) {
    writeLine(stderr, `${count} of ${rows} rows ${what} (first ${first}).`);
    if (isSkipped) code = EXIT.missing;
  }
  return code;
}

interface Report {
  row(row: ScoredRow): string;
  end(rows: number): string;
}

function quoted(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text);
}

function jsonReport(): Report {
  return {
    row: ({ timestamp, score }) =>
      // Rounded down, so that no printed score reaches the threshold which the row did not reach.
      `{"timestamp":${quoted(timestamp)},"score":${Math.floor(score.score * SCORE_STEPS) / SCORE_STEPS},"anomaly":${score.anomaly}}\n`,
    end: () => '',
  };
}

function textReport(): Report {
  const episodes = new Episodes();
  let count = 0;
  function print(episode: Episode | null): string {
    if (episode === null) return '';
    count += 1;
    return `${episode.start} to ${episode.end}  score ${episode.peak.toFixed(2)}  ${CAUSES[episode.cause]}\n`;
  }
  return {
    row: ({ timestamp, score }) => print(episodes.push(timestamp, score)),
    end: (rows) => `${print(episodes.finish())}${count} anomalies in ${rows} rows.\n`,
  };
}

/** In words for what people get wrong; else what the system says. */
function whyUnreadable(error: unknown): string {
  if (isCode(error, 'ENOENT')) return 'there is no such file.';
  if (isCode(error, 'EISDIR')) return 'is a folder; a CSV file is needed.';
  if (isCode(error, 'EACCES')) return 'you may not read this file.';
  if (isCode(error, 'Z_DATA_ERROR')) return 'is named .gz and is not compressed with gzip, or is damaged.';
  if (isCode(error, 'Z_BUF_ERROR')) return 'is cut off: the end of the compressed file is missing.';
  return `cannot be read: ${error instanceof Error ? error.message : String(error)}`;
}

/** The lines of a text, some at a time. */
async function* lines(input: Readable, file: string): AsyncGenerator<string[]> {
  input.setEncoding('utf8');
  let rest = '';
  try {
    for await (const chunk of input) {
      const batch = `${rest}${String(chunk)}`.split(/\r\n|\n|\r(?!$)/u);
      rest = batch.pop() ?? '';
      if (rest.length > LINE_LETTERS_MAX) throw new ConfigError(file, 'has a line too long for a CSV file.');
      yield batch;
    }
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError(file, whyUnreadable(error), { cause: error });
  }
  if (rest !== '') yield [rest];
}
