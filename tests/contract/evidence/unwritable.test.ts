/** `aiqyn evidence` into a place that cannot be written. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { evidenceCommand } from '../../../src/cli/commands/evidence.ts';

it('says that the place cannot be written, before anything is read', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'aiqyn-unwritable-'));
  try {
    // A file where a folder is needed is refused to everybody, root too.
    await writeFile(join(dataDir, 'file'), '');
    const output = join(dataDir, 'file', 'x.zip');
    const io = { stdout: new PassThrough(), stderr: new PassThrough() };
    await expect(evidenceCommand('one', { output, dataDir }, io, {})).rejects.toThrow(
      `${output} cannot be written; choose another place with --out.`,
    );
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
});
