/**
 * Untrusted YAML text into typed data. Everything that is wrong is said at once, each with file, line, column and key:
 * who writes a config on a phone over SSH should not have to fix it one error per start.
 */
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { Document } from 'yaml';
import { z } from 'zod';
import { ConfigError } from '../errors.ts';
import { knownKeys } from './known-keys.ts';
import { describeIssue, describeUnknownKey, meantIssues, showPath } from './schema-problems.ts';

export const PROBLEMS_MAX = 10;
/** Characters of one file; the catalogue's largest has about 40,000. */
export const TEXT_LENGTH_MAX = 1_048_576;
/** Aliases (`*name`) that may be resolved: a file that doubles itself at each line must not fill the memory. */
const ALIASES_MAX = 100;

interface Problem {
  readonly line: number;
  readonly column: number;
  /** Key path, such as `http.port`; empty for the whole file. */
  readonly path: string;
  readonly message: string;
}

/**
 * Parses and checks `text`. An empty file counts as an empty map.
 * Throws ConfigError, with up to PROBLEMS_MAX problems in its message, on bad syntax, duplicate keys, unknown tags and
 * whatever the schema refuses. `fileName` is only shown.
 */
export function parseYaml<S extends z.ZodType>(schema: S, text: string, fileName: string): z.output<S> {
  if (text.length > TEXT_LENGTH_MAX) {
    throw new ConfigError(fileName, `is larger than ${TEXT_LENGTH_MAX} characters`);
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const syntax = syntaxProblems(document, lines);
  if (syntax.length > 0) throw configError(fileName, syntax);

  const value = toPlain(document, fileName);
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw configError(
    fileName,
    parsed.error.issues
      .flatMap(meantIssues)
      .flatMap((issue) => schemaProblems(issue, { schema, document, lines, value })),
  );
}

function syntaxProblems(document: Document.Parsed, lines: LineCounter): Problem[] {
  return [...document.errors, ...document.warnings].map((error) => ({
    ...positionOf(error.pos[0], lines),
    path: '',
    message: error.code === 'DUPLICATE_KEY' ? 'the same key stands twice in one map' : error.message,
  }));
}

function toPlain(document: Document.Parsed, fileName: string): unknown {
  try {
    const plain: unknown = document.toJS({ maxAliasCount: ALIASES_MAX });
    return plain ?? {};
  } catch (cause) {
    // The library throws a ReferenceError for too many aliases; it has no position.
    throw new ConfigError(fileName, cause instanceof Error ? cause.message : 'cannot be read', { cause });
  }
}

interface Context {
  readonly schema: z.ZodType;
  readonly document: Document.Parsed;
  readonly lines: LineCounter;
  readonly value: unknown;
}

function schemaProblems(issue: z.core.$ZodIssue, context: Context): Problem[] {
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(context.schema, issue.path);
    return issue.keys.map((key) => ({
      ...positionOf(offsetAt(context.document, [...issue.path, key], 'key'), context.lines),
      path: showPath([...issue.path, key]),
      message: describeUnknownKey(key, known),
    }));
  }
  return [
    {
      ...positionOf(offsetAt(context.document, issue.path, 'value'), context.lines),
      path: showPath(issue.path),
      message: describeIssue(issue, valueAt(context.value, issue.path)),
    },
  ];
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let found = value;
  for (const segment of path) {
    if (typeof found !== 'object' || found === null) return undefined;
    found = Object.getOwnPropertyDescriptor(found, segment)?.value;
  }
  return found;
}

/** Offset of the node at `path`, or of the deepest one above it that exists. */
function offsetAt(document: Document.Parsed, path: readonly PropertyKey[], want: 'key' | 'value'): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const [index, segment] of path.entries()) {
    const child = childOf(isAlias(node) ? node.resolve(document) : node, segment);
    if (child === null) return offset;
    const shown = want === 'key' && index === path.length - 1 ? child.key : child.value;
    offset = startOf(shown) ?? startOf(child.key) ?? offset;
    node = child.value;
  }
  return offset;
}

function childOf(node: unknown, segment: PropertyKey): { key: unknown; value: unknown } | null {
  if (isMap(node)) {
    const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(segment));
    return pair === undefined ? null : { key: pair.key, value: pair.value };
  }
  if (isSeq(node) && typeof segment === 'number') {
    const value = node.items[segment];
    return value === undefined ? null : { key: value, value };
  }
  return null;
}

const Ranged = z.object({ range: z.tuple([z.number(), z.number(), z.number()]) });

function startOf(node: unknown): number | null {
  const ranged = Ranged.safeParse(node);
  return ranged.success ? ranged.data.range[0] : null;
}

function positionOf(offset: number, lines: LineCounter): { line: number; column: number } {
  const { line, col } = lines.linePos(offset);
  // An empty file has no line 1 in the library's counting.
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}

function configError(fileName: string, problems: readonly Problem[]): ConfigError {
  const sorted = [...problems].sort((a, b) => a.line - b.line || a.column - b.column);
  const [first] = sorted;
  if (first !== undefined && sorted.length === 1)
    return new ConfigError(place(fileName, first), first.message);
  const shown = sorted
    .slice(0, PROBLEMS_MAX)
    .map((problem) => `  ${place(fileName, problem)}: ${problem.message}`);
  const more = sorted.length - shown.length;
  if (more > 0) shown.push(`  … and ${more} more`);
  return new ConfigError(fileName, `${sorted.length} problems\n${shown.join('\n')}`);
}

function place(fileName: string, problem: Problem): string {
  const position = `${fileName}:${problem.line}:${problem.column}`;
  return problem.path === '' ? position : `${position} ${problem.path}`;
}
