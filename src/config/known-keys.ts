/** Which keys a schema knows at a path: what "did you mean …" chooses from. */
import { z } from 'zod';

/** A schema wraps another (default, optional, …) a few times at most; this bounds a mistake. */
const WRAPPERS_MAX = 20;

/** Keys of the maps that may stand at `path`; empty where the schema takes no map with fixed keys there. */
export function knownKeys(schema: z.core.$ZodType, path: readonly PropertyKey[]): string[] {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodUnion) {
    return [...new Set(inner.options.flatMap((option) => knownKeys(option, path)))];
  }
  const [segment, ...rest] = path;
  if (segment === undefined) return inner instanceof z.ZodObject ? Object.keys(inner.shape) : [];
  const next = step(inner, segment);
  return next === null ? [] : knownKeys(next, rest);
}

function step(schema: z.core.$ZodType, segment: PropertyKey): z.core.$ZodType | null {
  if (schema instanceof z.ZodObject) {
    const shape: Readonly<Record<string, z.core.$ZodType | undefined>> = schema.shape;
    return shape[String(segment)] ?? null;
  }
  if (schema instanceof z.ZodArray) return schema.element;
  if (schema instanceof z.ZodRecord) return schema.valueType;
  return null;
}

function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  let inner = schema;
  for (let depth = 0; depth < WRAPPERS_MAX; depth += 1) {
    const next = unwrapOnce(inner);
    if (next === null) return inner;
    inner = next;
  }
  return inner;
}

function unwrapOnce(schema: z.core.$ZodType): z.core.$ZodType | null {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodReadonly) {
    return schema.unwrap();
  }
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) return schema.unwrap();
  // What people wrote is what goes into the pipe; a preprocessing step has no keys of its own.
  if (schema instanceof z.ZodPipe) return schema.in instanceof z.ZodTransform ? schema.out : schema.in;
  return null;
}
