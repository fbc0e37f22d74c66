/** Makes a server listen, and says in words what to do when it cannot. */
import type { FastifyInstance } from 'fastify';
import { EnvironmentError } from '../errors.ts';

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** The page's URL. Throws EnvironmentError `PORT_TAKEN` or `ADDRESS`. */
export async function listen(
  web: FastifyInstance,
  at: { readonly host: string; readonly port: number },
): Promise<string> {
  try {
    return await web.listen({ host: at.host, port: at.port });
  } catch (cause) {
    const where = `${at.host}:${at.port}`;
    if (codeOf(cause) === 'EADDRINUSE') {
      const remedy = 'stop the monitor that runs there, or choose another port with --port';
      throw new EnvironmentError('PORT_TAKEN', `${where} is taken: ${remedy}`, { cause });
    }
    throw new EnvironmentError(
      'ADDRESS',
      `cannot listen on ${where}: choose another with --host and --port`,
      { cause },
    );
  }
}
