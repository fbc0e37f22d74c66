/** What commands are given: where they write, the environment, and how they say their exit code. */
import type { Io } from './io.ts';

export interface ProgramContext {
  readonly io: Io;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly setExitCode: (code: number) => void;
}
