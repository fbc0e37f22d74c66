/** Scheme and host for links that are read elsewhere. */
import type { FastifyRequest } from 'fastify';
import type { WebContext } from './context.ts';

/** Where no public address is configured, the one that the reader came by. */
export function originOf({ publicUrl }: WebContext, { protocol, host }: FastifyRequest): string {
  const seen = `${protocol}://${host}`;
  return publicUrl ?? (URL.canParse(seen) ? new URL(seen).origin : 'http://localhost');
}
