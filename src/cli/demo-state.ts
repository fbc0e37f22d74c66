/** What a demo must remember so that one that was killed goes on where its world is now. */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { EnvironmentError } from '../errors.ts';

const DemoState = z.strictObject({
  scenario: z.string(),
  speed: z.number().positive(),
  /** The real wall clock when the scenario began, UTC epoch milliseconds. */
  startWallMs: z.number(),
});
export type DemoState = z.infer<typeof DemoState>;

/**
 * The state in this data directory, or `fresh`, which is then kept there.
 * @throws EnvironmentError `DEMO_OTHER` where the directory belongs to another scenario or speed.
 */
export async function resumeDemo(dataDir: string, fresh: DemoState): Promise<DemoState> {
  const file = join(dataDir, 'demo.json');
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text === null) {
    await writeFile(`${file}.tmp`, JSON.stringify(fresh));
    await rename(`${file}.tmp`, file);
    return fresh;
  }
  const kept = DemoState.parse(JSON.parse(text));
  if (kept.scenario === fresh.scenario && kept.speed === fresh.speed) return kept;
  throw new EnvironmentError(
    'DEMO_OTHER',
    `${dataDir} holds a demo of "${kept.scenario}" at speed ${kept.speed}; choose another folder with --data-dir`,
  );
}
