/** Errors as RFC 9457 problems, in plain words. */
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { EnvironmentError } from '../../errors.ts';
import type { Messages } from '../messages/messages.ts';
import type { Problem } from './schemas.ts';

/** Thrown by a route for a request that cannot be answered as asked; the message is for people. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly statusCode: 400 | 404 | 429;

  constructor(statusCode: 400 | 404 | 429, message: string) {
    super(message);
    this.statusCode = statusCode;
  }
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  404: 'Not Found',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

/** What passes by itself: the store is away or asks for patience. */
const STORE_AWAY: ReadonlySet<string> = new Set(['STORE_UNREACHABLE', 'STORE_BUSY']);

function statusOf(error: unknown): number {
  if (error instanceof EnvironmentError && STORE_AWAY.has(error.code)) return 503;
  const status =
    typeof error === 'object' && error !== null && 'statusCode' in error ? error.statusCode : 500;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : 500;
}

/** What a client is told of an error; nothing of its inside leaves with a 500. */
export function problemOf(error: unknown, messages: Messages): Problem {
  const status = statusOf(error);
  const base = { type: 'about:blank', title: TITLES[status] ?? 'Error', status };
  if (hasZodFastifySchemaValidationErrors(error)) {
    const errors = error.validation.map((issue) => ({
      parameter: issue.instancePath.replace(/^\//, '').replaceAll('/', '.'),
      message: issue.message ?? messages.api.invalid,
    }));
    const said = errors.map(({ parameter, message }) => `“${parameter}”: ${message}.`).join(' ');
    return {
      ...base,
      title: TITLES[400] ?? '',
      status: 400,
      detail: `${messages.api.invalid} ${said}`,
      errors,
    };
  }
  if (error instanceof RequestError) return { ...base, detail: error.message };
  if (status === 429) return { ...base, detail: messages.api.busy };
  if (status === 503) return { ...base, detail: messages.api.storeAway };
  if (status === 500) return { ...base, detail: messages.api.failed };
  return { ...base, detail: error instanceof Error ? error.message : messages.api.invalid };
}
