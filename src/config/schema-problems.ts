/** Says in plain words what a schema found wrong: what stood there, and what was expected. */
import type { z } from 'zod';
import { nearest } from './nearest.ts';

const FOUND_LENGTH_MAX = 60;
const CHOICES_MAX = 20;
/** Values under such keys are never shown, not even when they are wrong. */
const SECRET_KEY = /token|secret|password/i;

/** `vantages[0].operator`; empty for the whole file. */
export function showPath(path: readonly PropertyKey[]): string {
  let shown = '';
  for (const segment of path) {
    if (typeof segment === 'number') shown += `[${segment}]`;
    else shown += shown === '' ? String(segment) : `.${String(segment)}`;
  }
  return shown;
}

/**
 * What is wrong within the one kind of value that was meant: of `true or false, or a map` a map was written, so its own mistakes are told. The
 * issue itself where no kind, or more than one, fits what was written.
 */
export function meantIssues(issue: z.core.$ZodIssue): readonly z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const fitting = issue.errors.filter(([first]) => first !== undefined && first.path.length > 0);
  const [meant] = fitting;
  if (meant === undefined || fitting.length > 1) return [issue];
  return meant.flatMap((inner) => meantIssues({ ...inner, path: [...issue.path, ...inner.path] }));
}

/** One sentence without its place: `found "abc", expected a number from 0 to 65535`. */
export function describeIssue(issue: z.core.$ZodIssue, value: unknown): string {
  if (value === undefined) return `is missing, expected ${expected(issue)}`;
  if (value === null || value === '') return `is empty, expected ${expected(issue, value)}`;
  return `found ${showFound(value, issue.path)}, expected ${expected(issue, value)}`;
}

/** Whether the value at this path must not be shown. */
export function isSecretPath(path: readonly PropertyKey[]): boolean {
  return path.some((segment) => typeof segment === 'string' && SECRET_KEY.test(segment));
}

/** `unknown key "prot", did you mean "port"?` */
export function describeUnknownKey(key: string, known: readonly string[]): string {
  const guess = nearest(key, known);
  if (guess !== null) return `unknown key "${key}", did you mean "${guess}"?`;
  return known.length === 0 ? `unknown key "${key}"` : `unknown key "${key}", known are ${choices(known)}`;
}

function showFound(value: unknown, path: readonly PropertyKey[]): string {
  if (isSecretPath(path)) return 'a value that is kept secret';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'a map';
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > FOUND_LENGTH_MAX ? `${text.slice(0, FOUND_LENGTH_MAX)}…` : text;
}

const TYPE_NAMES: Readonly<Record<string, string | undefined>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
  record: 'a map',
  null: 'null',
};

function expected(issue: z.core.$ZodIssue, value?: unknown): string {
  if (issue.code === 'invalid_type')
    return ownWords(issue.message) ?? TYPE_NAMES[issue.expected] ?? issue.expected;
  if (issue.code === 'invalid_value') return expectedChoice(issue.values.map(String), value);
  if (issue.code === 'too_small') return atLeast(issue);
  if (issue.code === 'too_big') return atMost(issue);
  if (issue.code === 'invalid_union') return expectedUnion(issue);
  return withoutPrefix(issue.message);
}

function atLeast(issue: z.core.$ZodIssueTooSmall): string {
  return `${issue.inclusive === true ? 'at least' : 'more than'} ${quantity(issue.origin, issue.minimum)}`;
}

function atMost(issue: z.core.$ZodIssueTooBig): string {
  return `${issue.inclusive === true ? 'at most' : 'less than'} ${quantity(issue.origin, issue.maximum)}`;
}

function expectedChoice(known: readonly string[], value: unknown): string {
  const guess = typeof value === 'string' ? nearest(value, known) : null;
  const list = known.length === 1 ? choices(known) : `one of ${choices(known)}`;
  return guess === null ? list : `${list}; did you mean "${guess}"?`;
}

function expectedUnion(issue: z.core.$ZodIssueInvalidUnion): string {
  const kinds = issue.errors.flatMap((branch) => branch.slice(0, 1).map((inner) => expected(inner)));
  return kinds.length === 0 ? withoutPrefix(issue.message) : [...new Set(kinds)].join(', or ');
}

function quantity(origin: string, bound: number | bigint): string {
  if (origin === 'string') return `${bound} characters`;
  if (origin === 'array') return `${bound} entries`;
  return String(bound);
}

/** Null for a message of zod's own. */
function ownWords(message: string): string | null {
  return message.startsWith('Invalid input') ? null : message;
}

/** zod's own messages begin with "Invalid …: must …"; ours are already what was expected. */
function withoutPrefix(message: string): string {
  return message.replace(/^Invalid \w+(?: value\. Expected |: must (?:be )?|$)/, '') || 'another value';
}

function choices(known: readonly string[]): string {
  const shown = known.slice(0, CHOICES_MAX).join(', ');
  return known.length > CHOICES_MAX ? `${shown}, … (${known.length} in all)` : shown;
}
