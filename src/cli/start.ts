/** One place turns errors into exit codes: of the whole program and of the agent of one file. */
import { CommanderError } from 'commander';
import type { Command } from 'commander';
import { isCode } from '../disk.ts';
import { ConfigError, EnvironmentError } from '../errors.ts';
import { EXIT, writeLine } from './io.ts';
import type { ProgramContext } from './program-context.ts';

/** Runs what the command line asks for and sets the exit code. */
export async function start(createProgram: (context: ProgramContext) => Command): Promise<void> {
  /** A reader that went away (`aiqyn export -o - | head`) is no fault of ours. */
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(EXIT.done);
    throw error;
  });
  process.exitCode = await main(createProgram);
}

async function main(createProgram: (context: ProgramContext) => Command): Promise<number> {
  let exitCode: number = EXIT.done;
  const io = { stdout: process.stdout, stderr: process.stderr };
  const program = createProgram({ io, env: process.env, setExitCode: (code) => (exitCode = code) });
  try {
    await program.parseAsync(process.argv);
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    if (error instanceof ConfigError) {
      writeLine(process.stderr, `aiqyn: ${error.message}`);
      return EXIT.usage;
    }
    if (error instanceof EnvironmentError) {
      writeLine(process.stderr, `aiqyn: ${error.message}`);
      return EXIT.failed;
    }
    const refused = refusalOf(error);
    if (refused !== null) {
      writeLine(process.stderr, `aiqyn: ${refused}`);
      return EXIT.failed;
    }
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
    writeLine(process.stderr, `aiqyn: this is a defect in Aiqyn, please report it.\n${detail}`);
    return EXIT.failed;
  }
}

const REFUSALS: Readonly<Record<string, string>> = {
  EACCES: 'permission is denied. Check to whom it belongs, or choose another place.',
  EPERM: 'permission is denied. Check to whom it belongs, or choose another place.',
  EROFS: 'this disk is read-only. Choose another place.',
  ENOSPC: 'the disk is full. Free some space.',
  EDQUOT: 'the quota of this user is used up. Free some space.',
};

/** What a file system refuses is no defect, wherever it comes up; null for everything else. */
function refusalOf(error: unknown): string | null {
  if (!(error instanceof Error) || !('path' in error) || typeof error.path !== 'string') return null;
  // Folders above it are made with it (disk.ts): what is missing then is the file system's leave, as in /proc.
  const isNoPlace = isCode(error, 'ENOENT') && 'syscall' in error && error.syscall === 'mkdir';
  if (isNoPlace) return `${error.path}: no folder can be made there. Choose another place.`;
  const code = Object.keys(REFUSALS).find((one) => isCode(error, one));
  return code === undefined ? null : `${error.path}: ${REFUSALS[code] ?? ''}`;
}
