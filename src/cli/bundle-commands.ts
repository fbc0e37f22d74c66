/** Commands, options and help texts of `bundle`: measurements carried by hand where the network is cut. */
import type { Command } from 'commander';
import { CONFIG_OPTION, DATA_DIR_OPTION, JSON_OPTION } from './options.ts';
import type { ProgramContext } from './program.ts';
import type { BundleExportOptions } from './commands/bundle-export.ts';
import type { BundlePlaceOptions } from './commands/bundle-import.ts';

export function addBundleCommands(program: Command, { io, env, setExitCode }: ProgramContext): void {
  const group = program
    .command('bundle')
    .description('measurements carried out by hand when the network is cut, signed and sealed');
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
  group
    .command('import <files...>')
    .description('beside the collector, also while it runs: takes in what is signed by an enrolled key, once')
    .option(...CONFIG_OPTION)
    .option(...DATA_DIR_OPTION)
    .option(...JSON_OPTION)
    .action(async (files: string[], options: BundlePlaceOptions) => {
      const { bundleImportCommand } = await import('./commands/bundle-import.ts');
      setExitCode(await bundleImportCommand(files, options, io, env));
    });
  group
    .command('key')
    .description('beside the collector: the key that files are sealed with for it, to be given to vantages')
    .option(...CONFIG_OPTION)
    .option(...DATA_DIR_OPTION)
    .option(...JSON_OPTION)
    .action(async (options: BundlePlaceOptions) => {
      const { bundleKeyCommand } = await import('./commands/bundle-import.ts');
      setExitCode(await bundleKeyCommand(options, io, env));
    });
  for (const command of group.commands) command.exitOverride();
}
