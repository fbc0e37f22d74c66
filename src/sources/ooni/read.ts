/**
 * Reads measurements in OONI's format from files: one object, an array of objects (over any number of lines), or one
 * object per line; plain or gzip; whole folders. Streaming: one line, or one whole document, is in memory at a time.
 */
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { pipeline } from 'node:stream';
import type { Readable } from 'node:stream';
import { Measurement, RingsTestKeys, TEST_NAMES, JudgedWebTestKeys } from '../../../probes/measurement.ts';
import { filesOf } from './files.ts';
import { modernised } from './legacy.ts';
import { LINE_BYTES_MAX, linesOf } from './lines.ts';
import type { Line } from './lines.ts';
import { readAhead } from './read-ahead.ts';

export interface Problem {
  readonly file: string;
  /** From 1; 0 where the file as a whole could not be read. */
  readonly line: number;
  /** What was wrong, for people. */
  readonly what: string;
}

export interface ReadMeasurement {
  readonly file: string;
  /** From 1: the line on which the measurement starts. */
  readonly line: number;
  readonly measurement: Measurement;
}

/**
 * Yields every measurement of the paths, in order. What cannot be read is told to `onProblem` and skipped, never
 * thrown: a malformed line, a line over 64 MiB, a file that is not there, is no gzip or holds nothing.
 */
export async function* readMeasurementFiles(
  paths: readonly string[],
  onProblem: (problem: Problem) => void,
): AsyncIterable<ReadMeasurement> {
  for (const path of paths) {
    try {
      let files = 0;
      for await (const file of filesOf(path)) {
        files += 1;
        yield* readFileSafely(file, onProblem);
      }
      if (files === 0) onProblem({ file: path, line: 0, what: 'holds no .json, .jsonl or .ndjson file' });
    } catch (error) {
      onProblem({ file: path, line: 0, what: messageOf(error) });
    }
  }
}

async function* readFileSafely(
  file: string,
  onProblem: (problem: Problem) => void,
): AsyncIterable<ReadMeasurement> {
  let found = 0;
  const values = valuesOf(linesOf(bytesOf(file)), (line, what) => {
    found += 1;
    onProblem({ file, line, what });
  });
  try {
    for await (const { line, value } of values) {
      found += 1;
      const parsed = parseMeasurement(value);
      if (parsed.measurement === null) onProblem({ file, line, what: parsed.what });
      else yield { file, line, measurement: parsed.measurement };
    }
    if (found === 0) onProblem({ file, line: 0, what: 'holds no measurement' });
  } catch (error) {
    onProblem({ file, line: 0, what: messageOf(error) });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Unpacked in another thread, in pieces of this size and so many ahead, while measurements are read of what is there. */
const PIECE_BYTES = 256 * 1_024;
const PIECES_AHEAD = 16;

async function* bytesOf(file: string): AsyncIterable<Uint8Array> {
  const raw = createReadStream(file, { highWaterMark: PIECE_BYTES });
  try {
    const pieces = /\.gz$/iu.test(file) ? readAhead(unpacked(raw), PIECES_AHEAD) : raw;
    for await (const piece of pieces) if (piece instanceof Uint8Array) yield piece;
  } finally {
    raw.destroy();
  }
}

/** The callback keeps an error of the pipe from being thrown past us: who iterates is thrown it. */
function unpacked(raw: Readable): Readable {
  return pipeline(raw, createGunzip({ chunkSize: PIECE_BYTES }), () => undefined);
}

interface Value {
  readonly line: number;
  readonly value: unknown;
}

interface Document {
  readonly lines: Line[];
  length: number;
}

interface Reading {
  document: Document | null;
  isFirst: boolean;
  readonly onProblem: (line: number, what: string) => void;
}

/** A first line that is no JSON by itself, but begins an object or array, begins a document over many lines. */
async function* valuesOf(lines: AsyncIterable<Line>, onProblem: Reading['onProblem']): AsyncIterable<Value> {
  const reading: Reading = { document: null, isFirst: true, onProblem };
  for await (const raw of lines) {
    const line = reading.isFirst ? withoutMark(raw) : raw;
    if (line.text?.trim() === '') continue;
    if (reading.document !== null && isNoDocument(reading.document, line)) yield* giveUp(reading);
    if (reading.document === null) yield* take(line, reading);
    else if (!extend(reading.document, line)) break;
    reading.isFirst = false;
  }
  if (reading.document !== null) yield* take(whole(reading.document), reading);
}

/** Some editors begin a file with a byte order mark, which RFC 8259 (8.1) lets a reader ignore. */
function withoutMark({ number, text }: Line): Line {
  return { number, text: text?.replace(/^\uFEFF/u, '') ?? null };
}

function* take(line: Line, reading: Reading): Iterable<Value> {
  const parsed = parseLine(line);
  if (parsed.ok) yield* spread(line.number, parsed.value);
  else if (reading.isFirst && opensDocument(line.text ?? '')) reading.document = begin(line);
  else reading.onProblem(line.number, parsed.what);
}

/** `{` or `[` alone, or a line that ends where more must come; a broken JSONL line ends elsewhere, or see `isNoDocument`. */
function opensDocument(line: string): boolean {
  const text = line.trim();
  return /^[[{]/u.test(text) && /[[{,]$/u.test(text);
}

function begin(line: Line): Document {
  return { lines: [line], length: line.text?.length ?? 0 };
}

/** No measurement holds another: where one stands on a line of its own, what began was a line of JSONL cut after a comma. */
function isNoDocument({ lines: [first] }: Document, line: Line): boolean {
  if (first?.text?.startsWith('{') !== true || line.text?.includes('"test_name"') !== true) return false;
  const parsed = parseLine(line);
  return (
    parsed.ok && typeof parsed.value === 'object' && parsed.value !== null && 'test_name' in parsed.value
  );
}

function* giveUp(reading: Reading): Iterable<Value> {
  const lines = reading.document?.lines ?? [];
  reading.document = null;
  for (const line of lines) yield* take(line, reading);
}

/** False once the document is over the bound. */
function extend(document: Document, line: Line): boolean {
  document.length += line.text?.length ?? LINE_BYTES_MAX + 1;
  document.lines.push(line);
  return document.length <= LINE_BYTES_MAX;
}

/** As one line, at the number of its first. */
function whole({ lines, length }: Document): Line {
  const text = length > LINE_BYTES_MAX ? null : lines.map((line) => line.text ?? '').join('\n');
  return { number: lines[0]?.number ?? 0, text };
}

type Parsed = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly what: string };

function parseLine({ text }: Line): Parsed {
  if (text === null) return { ok: false, what: `longer than ${LINE_BYTES_MAX} bytes` };
  try {
    const value: unknown = JSON.parse(text);
    return { ok: true, value };
  } catch (error) {
    return { ok: false, what: `not JSON: ${messageOf(error)}` };
  }
}

function* spread(line: number, value: unknown): Iterable<Value> {
  if (!Array.isArray(value)) {
    yield { line, value };
    return;
  }
  for (const each of value) {
    const item: unknown = each;
    yield { line, value: item };
  }
}

type ParsedMeasurement =
  { readonly measurement: Measurement } | { readonly measurement: null; readonly what: string };

/** Real measurements nest about ten deep. Below this, addresses would stay and writing the record would fail. */
const NESTING_MAX = 32;

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeperThan(inner, levels - 1));
}

/** An envelope by its schema, and the test keys by theirs where the test is one we judge. */
export function parseMeasurement(value: unknown): ParsedMeasurement {
  if (isDeeperThan(value, NESTING_MAX))
    return { measurement: null, what: `no measurement: nested deeper than ${NESTING_MAX} levels` };
  const envelope = Measurement.safeParse(withModernKeys(value));
  if (!envelope.success) return { measurement: null, what: `no measurement: ${issueOf(envelope.error)}` };
  const schema = SCHEMAS.get(envelope.data.test_name);
  if (schema === undefined) return { measurement: envelope.data };
  const keys = schema.safeParse(envelope.data.test_keys);
  if (keys.success) return { measurement: { ...envelope.data, test_keys: keys.data } };
  return { measurement: null, what: `unreadable test_keys: ${issueOf(keys.error)}` };
}

const SCHEMAS = new Map<string, typeof JudgedWebTestKeys | typeof RingsTestKeys>([
  [TEST_NAMES.web, JudgedWebTestKeys],
  [TEST_NAMES.rings, RingsTestKeys],
]);

function withModernKeys(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('test_keys' in value)) return value;
  const test_keys = modernised(value.test_keys);
  return test_keys === value.test_keys ? value : { ...value, test_keys };
}

function issueOf(error: {
  readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[];
}): string {
  const issue = error.issues[0];
  return issue === undefined
    ? 'unknown shape'
    : `${issue.path.map(String).join('.') || 'value'}: ${issue.message}`;
}
