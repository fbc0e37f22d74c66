/** The installation's key: it signs bundles of evidence and the transparency log. */
import { join } from 'node:path';
import { makeDataFolder } from './data-folder.ts';
import { createIdentity, readIdentity, writeIdentity } from '../fleet/identity.ts';
import type { Identity } from '../fleet/identity.ts';

/** `installation.pem` in the data directory, made where there is none. @throws EnvironmentError('KEY_UNREADABLE') */
export async function installationIdentity(dataDir: string): Promise<Identity> {
  const path = join(dataDir, 'installation.pem');
  const known = await readIdentity(path);
  if (known !== null) return known;
  await makeDataFolder(dataDir);
  const { identity, pem } = createIdentity();
  await writeIdentity(path, pem);
  return identity;
}
