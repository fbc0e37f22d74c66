import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli, withTemporaryFolder } from '../../support/cli.ts';

describe('aiqyn, by its contract', () => {
  it('lists its commands and exits with 0', async () => {
    const { code, stdout } = await runCli(['--help']);
    expect(code).toBe(0);
    for (const command of ['run', 'demo', 'probe', 'verdict', 'replay', 'control', 'export', 'doctor']) {
      expect(stdout).toContain(`  ${command} `);
    }
  });

  it.each([
    { args: ['rum'], says: 'Did you mean run?' },
    { args: ['run', '--port', 'web'], says: 'whole number from 0 to 65535' },
    { args: ['run', '--config', 'no-such-file.yaml'], says: 'no-such-file.yaml' },
    { args: ['replay', 'no-such-scenario.yaml'], says: 'no-such-scenario.yaml' },
    { args: ['verdict', 'no-such-measurement.json'], says: 'no-such-measurement.json' },
    { args: ['export', '--from', 'yesterday-ish', '--format', 'csv', '-o', '-'], says: 'yesterday-ish' },
    { args: ['export', '--from', '24h ago', '--format', 'xls', '-o', '-'], says: 'csv, parquet, jsonl' },
    { args: ['demo', '--speed', '0'], says: 'above 0' },
  ])('exits with 2 and a helpful line for: aiqyn $args', async ({ args, says }) => {
    const { code, stdout, stderr } = await runCli(args);
    expect(stderr).toContain(says);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });

  it('ends at once with 1 where the machine makes no such folder', async () => {
    const { code, stdout, stderr } = await runCli(['run', '--data-dir', '/proc/nope', '--port', '0']);
    expect(stderr).toBe('aiqyn: /proc/nope cannot be made; choose another with --data-dir.\n');
    expect([code, stdout]).toEqual([1, '']);
  });

  it('says that no vantage is enrolled, and prints no line of a list', async () => {
    await withTemporaryFolder(async (folder) => {
      const { code, stdout, stderr } = await runCli(['enroll', 'list', '--data-dir', folder]);
      expect(stderr).toContain('No vantage is enrolled here');
      expect([code, stdout]).toEqual([0, '']);
    });
  });

  it('names file, line and key of a mistake in aiqyn.yaml', async () => {
    await withTemporaryFolder(async (folder) => {
      const file = join(folder, 'aiqyn.yaml');
      await writeFile(file, 'plan: default\nhttp:\n  prot: 8080\n');
      const { code, stderr } = await runCli(['run', '--config', file]);
      expect(code).toBe(2);
      expect(stderr).toMatch(/aiqyn\.yaml:3/);
      expect(stderr).toContain('prot');
      expect(stderr).toContain('port');
    });
  });
});
