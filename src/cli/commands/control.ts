/** `aiqyn control`: measures the same targets from outside the country, for vantages that ask it. */
import { randomInt } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { systemClock } from '../../../probes/net/clock.ts';
import { createNetwork } from '../../../probes/net/network.ts';
import { startControl } from '../../control/server.ts';
import { ConfigError } from '../../errors.ts';
import type { Io } from '../io.ts';
import { EXIT, writeLine } from '../io.ts';
import { createLogger } from '../logger.ts';
import { untilAskedToStop } from '../signals.ts';

export const CONTROL_PORT = 8471;
const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);

async function readToken(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined;
  const token = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new ConfigError('--token-file', `${file} cannot be read`, { cause });
  });
  if (token.trim().length < 16)
    throw new ConfigError('--token-file', `${file} holds no token of at least 16 characters`);
  return token.trim();
}

export async function controlCommand(
  options: { readonly port?: number; readonly host?: string; readonly tokenFile?: string },
  io: Io,
  env: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const log = createLogger(env['AIQYN_LOG_LEVEL'] ?? 'info', process.stderr.isTTY);
  const host = options.host ?? '127.0.0.1';
  const token = await readToken(options.tokenFile);
  if (token === undefined && !LOOPBACK.has(host)) {
    log.warn({ host }, 'Anyone who reaches this control can make it measure; set --token-file.');
  }
  const clock = systemClock();
  const network = createNetwork({
    resolvers: { system: 'getaddrinfo', udp: [], doh: null },
    random: () => randomInt(2 ** 32) / 2 ** 32,
  });
  const asked = untilAskedToStop();
  const control = await startControl({
    host,
    port: options.port ?? CONTROL_PORT,
    ...(token === undefined ? {} : { token }),
    network,
    clock,
    log,
  });
  writeLine(io.stderr, `Control at ${control.url}`);
  await asked;
  await control.stop();
  return EXIT.done;
}
