/** What the disk refused, in words. */
import { isCode } from '../disk.ts';
import { EnvironmentError } from '../errors.ts';

export function refused(error: unknown, dir: string): Error {
  if (isCode(error, 'ENOSPC') || isCode(error, 'EDQUOT')) {
    return new EnvironmentError('DISK_FULL', `No space left for the spool in ${dir}; free some disk.`, {
      cause: error,
    });
  }
  return error instanceof Error ? error : new EnvironmentError('SPOOL_WRITE', String(error));
}
