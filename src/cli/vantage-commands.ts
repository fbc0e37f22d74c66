/** Commands, options and help texts of a vantage's machine: in the whole program and in the agent of one file. */
import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import type { BundleExportOptions } from './commands/bundle-export.ts';
import { CONFIG_OPTION, DATA_DIR_OPTION, JSON_OPTION } from './options.ts';
import type { ProgramContext } from './program-context.ts';
import { compileLittle } from './small-memory.ts';

interface Place {
  readonly config?: string;
  readonly dataDir?: string;
}

export function vantageId(text: string): string {
  if (/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(text) && text.length <= 64) return text;
  throw new InvalidArgumentError('Lower-case letters, digits and single hyphens, at most 64.');
}

export function addAgent(program: Command, { io, env, setExitCode }: ProgramContext): void {
  program
    .command('agent')
    .description(
      'measures from this machine’s lines and sends to a collector; waits on disk where none answers',
    )
    .option(...CONFIG_OPTION)
    .option(...DATA_DIR_OPTION)
    .action(async (options: Place) => {
      compileLittle();
      const { agentCommand } = await import('./commands/agent.ts');
      setExitCode(await agentCommand(options, io, env));
    });
}

/** Under `enroll`. */
export function addJoin(group: Command, { io, env, setExitCode }: ProgramContext): void {
  group
    .command('join <vantage>')
    .description('on the vantage’s machine: makes its key and enrols it at the configured collector')
    .option('--token-file <file>', 'file with the token; - for stdin', '-')
    .option(...CONFIG_OPTION)
    .option(...DATA_DIR_OPTION)
    .action(async (id: string, options: Place & { tokenFile: string }) => {
      const { enrollJoinCommand } = await import('./commands/enroll-join.ts');
      setExitCode(await enrollJoinCommand(id, options, io, env));
    });
}

export function addProbe(program: Command, { io, env, setExitCode }: ProgramContext): void {
  program
    .command('probe <target...>')
    .description(
      'one measurement of a URL, host:port, app or catalogued target, and its verdict, explained; ' +
        '"quic <host or platform>" for HTTP/3',
    )
    .option(...CONFIG_OPTION)
    .option('--vantage <id>', 'measure from this vantage of the configuration (default: the first)')
    .option(...JSON_OPTION)
    .action(async (words: string[], options: { config?: string; vantage?: string; json?: true }) => {
      const { probeCommand } = await import('./commands/probe.ts');
      setExitCode(await probeCommand(words, options, io, env));
    });
}

/** What it looks at is said by who adds it. */
export function addDoctor(
  program: Command,
  { setExitCode }: ProgramContext,
  examine: (options: Place & { json?: true }) => Promise<number>,
): void {
  program
    .command('doctor')
    .description('what on this machine is missing or wrong, and how to mend it')
    .option(...CONFIG_OPTION)
    .option(...DATA_DIR_OPTION)
    .option(...JSON_OPTION)
    .action(async (options: Place & { json?: true }) => {
      setExitCode(await examine(options));
    });
}

/** The group of what is carried by hand. */
export function addBundle(program: Command): Command {
  return program
    .command('bundle')
    .description('measurements carried out by hand when the network is cut, signed and sealed');
}

/** What a vantage's machine does. */
export function addBundleExport(group: Command, { io, env, setExitCode }: ProgramContext): void {
  group
    .command('export')
    .description('on the vantage’s machine, also while its agent runs: what waits to be sent, into one file')
    .option('--vantage <id>', 'of this vantage alone (default: of all that are enrolled)')
    .requiredOption('-o, --output <file>', 'file to write; a name that says nothing is best')
    .option(
      '--to <key>',
      'seal it for the collector with this key (default: the one that enrolled the vantage)',
    )
    .option('--plain', 'do not seal it: anybody who finds it can read it')
    .option('--force', 'replace the file where it exists')
    .option(...CONFIG_OPTION)
    .option(...DATA_DIR_OPTION)
    .option(...JSON_OPTION)
    .action(async (options: BundleExportOptions) => {
      const { bundleExportCommand } = await import('./commands/bundle-export.ts');
      setExitCode(await bundleExportCommand(options, io, env));
    });
}
