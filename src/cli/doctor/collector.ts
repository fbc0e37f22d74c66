/** Whether each vantage is enrolled, and whether its collector answers by its own line. */
import { TIME_PATH, TimeAnswer } from '../../fleet/answers.ts';
import { readIdentity } from '../../fleet/identity.ts';
import type { Clock } from '../../../probes/probe.ts';
import type { Config } from '../../config/config.ts';
import { keyPath } from '../fleet-of.ts';
import { openLines } from '../lines.ts';
import type { Line } from '../lines.ts';
import { createLogger } from '../logger.ts';
import type { Check } from './check.ts';
import { fail, ok, warn } from './check.ts';

const TIMEOUT_MS = 10_000;

/** Nothing where the configuration names no collector. */
export async function checkCollector(config: Config, dataDir: string, clock: Clock): Promise<Check[]> {
  const { fleet } = config;
  if (fleet === null) return [];
  const lines = openLines(config, { clock, log: createLogger('silent', false) });
  try {
    const found = await Promise.all(
      config.vantages.map(async ({ id }) => [
        await checkKey(id, dataDir),
        await checkAnswer(id, fleet.collectors, lines.of(id)),
      ]),
    );
    return found.flat();
  } finally {
    await lines.close();
  }
}

async function checkKey(id: string, dataDir: string): Promise<Check> {
  const name = `Key of ${id}`;
  if ((await readIdentity(keyPath(dataDir, id))) !== null) return ok(name, 'it has one');
  return fail(
    name,
    'it has none: nothing of it would be taken in',
    `Get a token from the collector’s operator and run: aiqyn enroll join ${id}`,
  );
}

async function checkAnswer(id: string, collectors: readonly string[], line: Line): Promise<Check> {
  const name = `Collector of ${id}`;
  const failures: string[] = [];
  for (const base of collectors) {
    const url = new URL(TIME_PATH, base).href;
    const answer = await line.send(
      { url, headers: {}, body: null, timeoutMs: TIMEOUT_MS },
      new AbortController().signal,
    );
    if (TimeAnswer.safeParse(answer.body).success) return ok(name, `${base} answers by its own line`);
    failures.push(`${base}: ${answer.failure ?? `status ${answer.status}`}`);
  }
  return warn(
    name,
    `none answers by its own line (${failures.join('; ')})`,
    'It measures all the same, and sends when one answers. Check the address, and that the collector runs.',
  );
}
