/**
 * Reads the Flux that Aiqyn writes into its steps, strictly: no engine of it can be installed here, so what is not one of the
 * known forms is refused. A function that is not Flux's, a parameter that it does not have, a bracket or a text left open,
 * or two results of one name fail.
 */

export interface FluxCall {
  readonly name: string;
  readonly args: Readonly<Record<string, string>>;
}

/** One expression statement: where it starts and what it is piped through. */
export interface FluxPipeline {
  /** `points = …` has one. */
  readonly variable: string | null;
  readonly source: string;
  readonly calls: readonly FluxCall[];
}

/** Functions of Flux's standard library, with the parameters that are used here. */
const KNOWN: Readonly<Record<string, readonly string[]>> = {
  from: ['bucket'],
  range: ['start', 'stop'],
  filter: ['fn'],
  aggregateWindow: ['every', 'fn', 'timeSrc', 'createEmpty'],
  set: ['key', 'value'],
  to: ['bucket'],
  yield: ['name'],
};

/** @throws Error with what is wrong. */
export function readFlux(script: string): {
  readonly option: string | null;
  readonly pipelines: readonly FluxPipeline[];
} {
  const statements = script.split('\n\n');
  const isImported = take(statements, 'import "date"') !== null;
  if (!isImported && script.includes('date.')) throw new Error('date is used and not imported');
  const option = take(statements, 'option task = ');
  const pipelines = statements.map(readPipeline);
  requireOwnNames(pipelines.filter(({ variable }) => variable === null));
  const variables = new Set(pipelines.map(({ variable }) => variable));
  for (const { source } of pipelines)
    if (!source.startsWith('from(') && !variables.has(source)) throw new Error(`${source} is not defined`);
  return { option, pipelines };
}

function take(statements: string[], start: string): string | null {
  return statements[0]?.startsWith(start) === true ? (statements.shift() ?? null) : null;
}

function requireOwnNames(results: readonly FluxPipeline[]): void {
  const names = results.map(
    ({ calls }) => calls.findLast(({ name }) => name === 'yield')?.args['name'] ?? '',
  );
  if (new Set(names).size !== names.length) throw new Error(`two results have one name: ${names.join(', ')}`);
}

function readPipeline(statement: string): FluxPipeline {
  const [, variable = null] = /^(\w+) =\n/.exec(statement) ?? [];
  const [source = '', ...piped] = splitOutside(statement.replace(/^\w+ =\n\s+/, ''), '|>').map((part) =>
    part.trim(),
  );
  const calls = source.startsWith('from(') ? [readCall(source)] : [];
  return { variable, source, calls: [...calls, ...piped.map(readCall)] };
}

function readCall(text: string): FluxCall {
  const [, name = '', inside = ''] = /^(\w+)\(([^]*)\)$/.exec(text) ?? [];
  const known = KNOWN[name];
  if (known === undefined) throw new Error(`no function of Flux: ${text}`);
  const args = splitOutside(inside, ',').map(readArgument);
  const keys = new Set(args.map(([key]) => key));
  if (keys.size !== args.length || args.some(([key]) => !known.includes(key)))
    throw new Error(`${name} has no such parameters: ${inside}`);
  return { name, args: Object.fromEntries(args) };
}

function readArgument(text: string): readonly [key: string, value: string] {
  const [, key = '', value = ''] = /^\s*(\w+): ([^]+)$/.exec(text) ?? [];
  return [key, unquoted(value)];
}

/** Texts with what is escaped in them, separators, brackets, and whatever else. */
const TOKENS = /"(?:[^"\\]|\\.)*"|\|>|[^]/g;
const DEPTHS: Readonly<Record<string, number>> = { '(': 1, '[': 1, '{': 1, ')': -1, ']': -1, '}': -1 };

/** Parts between separators that stand in no brackets and no text. */
function splitOutside(text: string, separator: '|>' | ','): string[] {
  const parts: string[][] = [[]];
  let depth = 0;
  for (const [token] of text.matchAll(TOKENS)) {
    if (token === '"') throw new Error(`a text is left open: ${text}`);
    depth += DEPTHS[token] ?? 0;
    if (depth < 0) throw new Error(`a bracket is closed twice: ${text}`);
    if (token === separator && depth === 0) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  if (depth !== 0) throw new Error(`a bracket is left open: ${text}`);
  return parts.map((tokens) => tokens.join(''));
}

function unquoted(value: string): string {
  const [, text] = /^"((?:[^"\\]|\\.)*)"$/.exec(value) ?? [];
  return text === undefined
    ? value
    : text.replace(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped));
}

export interface RolledUp {
  readonly as: string;
  readonly of: string;
  readonly by: string;
}

const EXACT_MEDIAN = '(tables=<-, column) => tables |> median(column: column, method: "exact_mean")';

/** What the pipelines of a rollup make of which field, as the continuous queries of 1.x say it. */
export function rolledUpBy(pipelines: readonly FluxPipeline[]): RolledUp[] {
  return pipelines.filter(({ source }) => source === 'points').flatMap(({ calls }) => rolledUp(calls));
}

function rolledUp(calls: readonly FluxCall[]): RolledUp[] {
  const args = new Map(calls.toReversed().map((call) => [call.name, call.args]));
  const made = args.get('aggregateWindow')?.['fn'] ?? '';
  const by = made === EXACT_MEDIAN ? 'median' : made;
  const as = args.get('set')?.['key'] === '_field' ? args.get('set')?.['value'] : undefined;
  const chosen = args.get('filter')?.['fn'] ?? '';
  return [...chosen.matchAll(/r\._field == "([^"]+)"/g)].map(([, of = '']) => ({ as: as ?? of, of, by }));
}
