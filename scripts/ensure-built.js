/**
 * Builds dist/ when a source is newer than the last build, and is silent and quick when none is.
 * Runs before every npm script that starts Aiqyn, so that a checkout never runs yesterday's code.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const stamp = join(root, 'dist', '.built');

function newestMs(path) {
  const stats = statSync(path);
  if (!stats.isDirectory()) return stats.mtimeMs;
  // A folder's own time shows a deleted file.
  return Math.max(stats.mtimeMs, ...readdirSync(path).map((name) => newestMs(join(path, name))));
}

const sources = ['probes', 'src', 'package.json', 'tsconfig.json', 'tsconfig.build.json'].map((name) =>
  join(root, name),
);
const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');

// An installed package ships dist/ without sources' compiler; there is nothing to build then.
if (existsSync(compiler) && existsSync(join(root, 'tsconfig.build.json'))) {
  const newest = Math.max(...sources.map(newestMs));
  const built = existsSync(stamp) ? statSync(stamp).mtimeMs : 0;
  if (newest > built) {
    const startedAt = new Date();
    process.stderr.write('Building Aiqyn…\n');
    const run = spawnSync(process.execPath, [compiler, '-p', join(root, 'tsconfig.build.json')], {
      cwd: root,
      stdio: ['ignore', 2, 2],
    });
    if (run.status !== 0) process.exit(run.status ?? 1);
    writeFileSync(stamp, '');
    utimesSync(stamp, startedAt, startedAt);
  }
}

if (!existsSync(join(root, 'dist', 'src', 'cli', 'main.js'))) {
  process.stderr.write('Aiqyn is not installed completely: run npm ci first.\n');
  process.exit(1);
}
