/** What a vantage remembers of what it sent, in its spool's directory: which spool this is, and where its chain stands. */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { isCode, makeFolder, writeWhole } from '../disk.ts';
import { CHAIN_START } from '../fleet/chain.ts';
import type { Log } from '../log.ts';

const SPOOL_ID_BYTES = 8;

const ChainState = z.object({
  spool: z.string().regex(/^[0-9a-f]{16}$/),
  key: z.string(),
  number: z.int().nonnegative(),
  head: z.string().regex(/^[0-9a-f]{64}$/),
  last: z.int().nonnegative(),
});
export type ChainState = z.infer<typeof ChainState>;

export interface ChainFile {
  read(): ChainState;
  /** Durable when it resolves. */
  write(state: ChainState): Promise<void>;
}

/** A key begins a chain of its own. What cannot be read begins anew, and the collector says where it stands. */
export async function openChainFile(dir: string, key: string, log: Log): Promise<ChainFile> {
  await makeFolder(dir, 0o700);
  const path = join(dir, 'chain.json');
  const known = await readState(path, log);
  const spool = randomBytes(SPOOL_ID_BYTES).toString('hex');
  let state = standingFor(known ?? { spool, key: '', number: 0, head: CHAIN_START, last: 0 }, key);
  async function write(next: ChainState): Promise<void> {
    await writeWhole(path, Buffer.from(`${JSON.stringify(next)}\n`));
    state = next;
  }
  if (state !== known) await write(state);
  return { read: () => state, write };
}

/** Where the chain of this key stands, without changing anything; null where this spool never had one. */
export async function readChain(dir: string, key: string, log: Log): Promise<ChainState | null> {
  const known = await readState(join(dir, 'chain.json'), log);
  return known === null ? null : standingFor(known, key);
}

function standingFor(known: ChainState, key: string): ChainState {
  return known.key === key ? known : { spool: known.spool, key, number: 0, head: CHAIN_START, last: 0 };
}

async function readState(path: string, log: Log): Promise<ChainState | null> {
  try {
    return ChainState.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    if (!isCode(error, 'ENOENT'))
      log.error({ path, error: String(error) }, 'It is forgotten what was sent; the collector is asked.');
    return null;
  }
}
