/** DuckDB says what went wrong in prose only; this reads it and says how to mend it. */
import { EnvironmentError } from '../../errors.ts';

const KNOWN: readonly {
  readonly pattern: RegExp;
  readonly code: string;
  readonly mend: (file: string) => string;
}[] = [
  {
    pattern: /no space left on device|not enough (disk )?space|max_temp_directory_size/i,
    code: 'DISK_FULL',
    mend: (file) =>
      `The disk that holds ${file} is full. Free some space; what was not stored is tried again.`,
  },
  {
    pattern: /version number|newer version of duckdb|older version/i,
    code: 'STORE_NEWER',
    mend: (file) =>
      `${file} was written by another version of DuckDB that this Aiqyn cannot read. Update Aiqyn, or move the file away and let it be filled again from the archive.`,
  },
  {
    pattern:
      /not a valid duckdb|corrupt|checksum|serialization error|magic bytes|invalidated because|replaying wal|failure while/i,
    code: 'STORE_CORRUPT',
    mend: (file) =>
      `${file} cannot be read. It was left as it is. Move it away to start with an empty store; the measurements themselves are in the archive.`,
  },
  {
    pattern:
      /permission denied|read-only|EACCES|EROFS|cannot open file|not a directory|is a directory|EEXIST|ENOENT|ENOTDIR/i,
    code: 'STORE_UNWRITABLE',
    mend: (file) =>
      `${file} cannot be opened for writing. Check that the directory belongs to this user, or choose another --data-dir.`,
  },
];

/** Our own errors as they are; what DuckDB threw as EnvironmentError where its cause is known, else unchanged. */
export function translate(error: unknown, file: string): unknown {
  if (!(error instanceof Error) || error instanceof EnvironmentError) return error;
  if (/could not set lock|conflicting lock/i.test(error.message))
    return storeLocked(file, /PID (\d+)/.exec(error.message)?.[0] ?? 'another process', error);
  const known = KNOWN.find(({ pattern }) => pattern.test(error.message));
  if (known === undefined) return error;
  return new EnvironmentError(known.code, known.mend(file), { cause: error });
}

export function storeLocked(file: string, holder: string, cause?: unknown): EnvironmentError {
  return new EnvironmentError(
    'STORE_LOCKED',
    `${file} is in use by ${holder}. Stop that Aiqyn, or choose another data directory with --data-dir.`,
    cause === undefined ? undefined : { cause },
  );
}
