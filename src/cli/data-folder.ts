/** The data directory, made where it is not there. */
import { makeFolder } from '../disk.ts';
import { EnvironmentError } from '../errors.ts';

/** Makes the folder and those above it. @throws EnvironmentError('DATA_DIR') where the machine refuses. */
export async function makeDataFolder(dir: string, mode?: number): Promise<void> {
  try {
    await makeFolder(dir, mode);
  } catch (cause) {
    throw new EnvironmentError('DATA_DIR', `${dir} cannot be made; choose another with --data-dir.`, {
      cause,
    });
  }
}
