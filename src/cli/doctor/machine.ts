/** What the machine itself must have: Node, a writable disk with room, a free port, the store's native library. */
import { existsSync } from 'node:fs';
import { rm, statfs, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { openPathTool } from '../../../probes/net/path-tools.ts';
import type { Check } from './check.ts';
import { requireQuic } from '../quic-library.ts';
import { fail, ok, warn } from './check.ts';

const NODE_MIN = { major: 20, minor: 19 } as const;
const MEGABYTE = 1_048_576;

export function checkNode(version: string): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isRight = major > NODE_MIN.major || (major === NODE_MIN.major && minor >= NODE_MIN.minor);
  const finding = `Node ${version}`;
  if (isRight) return ok('Node', finding);
  return fail('Node', finding, `Install Node ${NODE_MIN.major}.${NODE_MIN.minor} or newer from nodejs.org.`);
}

/** The folder itself, or the nearest one above it that is there already. */
function nearestFolder(path: string): string {
  const parent = dirname(path);
  return existsSync(path) || parent === path ? path : nearestFolder(parent);
}

/** Writes a file and takes it away again: permissions and read-only mounts show in no other way. Leaves nothing behind. */
export async function checkDataDir(dataDir: string, neededMegabytes: number): Promise<Check> {
  const name = 'Data folder';
  try {
    const folder = nearestFolder(resolve(dataDir));
    const trial = join(folder, `.doctor-${process.pid}`);
    await writeFile(trial, 'trial');
    await rm(trial);
    const { bavail, bsize } = await statfs(folder);
    const freeMegabytes = Math.floor((bavail * bsize) / MEGABYTE);
    const finding = `${dataDir} is writable, ${freeMegabytes} MB free`;
    if (freeMegabytes >= neededMegabytes) return ok(name, finding);
    return warn(
      name,
      `${finding}, but the configured budgets add up to ${neededMegabytes} MB`,
      'Free some space, lower archive.budgetMegabytes and spool.budgetMegabytes, or set dataDir to a larger disk.',
    );
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return fail(
      name,
      `${dataDir} cannot be written: ${reason}`,
      'Give yourself the right to write there, or use --data-dir.',
    );
  }
}

/** The native libraries are downloaded for one platform; a copied node_modules fails here and not at 3 a.m. */
export async function checkStoreLibrary(): Promise<Check> {
  try {
    const { DuckDBInstance } = await import('@duckdb/node-api');
    const instance = await DuckDBInstance.create(':memory:');
    instance.closeSync();
    return ok('Store', 'DuckDB loads');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return fail(
      'Store',
      `DuckDB does not load: ${reason}`,
      'Run npm ci on this machine, or use store: { kind: memory }.',
    );
  }
}

/** A warning: without it the monitor leaves the plan's QUIC targets out. */
export async function checkQuicLibrary(): Promise<Check> {
  try {
    await requireQuic();
    return ok('QUIC', 'its library loads');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return warn('QUIC', reason, 'Take a plan without a quic schedule, or measure from such a machine.');
  }
}

/** A warning at most: without such a tool incidents do not say how far packets get. */
export async function checkPathTool(
  open: () => ReturnType<typeof openPathTool> = async () => openPathTool(),
): Promise<Check> {
  const name = 'Paths';
  const found = await open();
  if (found === null)
    return warn(
      name,
      'neither traceroute nor mtr is here: how far packets to a blocked address get is not seen',
      'apt-get install traceroute, or set paths.enabled: false.',
    );
  if (found.method === 'tcp') return ok(name, `${found.tool} follows packets by TCP`);
  return ok(name, `${found.tool} follows packets by UDP; by TCP it needs more rights (root, or mtr-tiny)`);
}

export async function checkPort(host: string, port: number): Promise<Check> {
  const name = 'Page';
  const failure = await new Promise<NodeJS.ErrnoException | null>((resolve) => {
    const server = createServer();
    server.once('error', resolve);
    server.listen({ host, port, exclusive: true }, () =>
      server.close(() => {
        resolve(null);
      }),
    );
  });
  if (failure === null) return ok(name, `${host}:${port} is free`);
  if (failure.code === 'EADDRINUSE') {
    return warn(
      name,
      `${host}:${port} is taken, perhaps by a running monitor`,
      'Stop it, or choose another port with --port.',
    );
  }
  return fail(
    name,
    `${host}:${port} cannot be used: ${failure.message}`,
    'Choose another port or address with --port and --host.',
  );
}
