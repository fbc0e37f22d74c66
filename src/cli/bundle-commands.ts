/** Commands, options and help texts of `bundle`: measurements carried by hand where the network is cut. */
import type { Command } from 'commander';
import { addBundle, addBundleExport } from './vantage-commands.ts';
import { CONFIG_OPTION, DATA_DIR_OPTION, JSON_OPTION } from './options.ts';
import type { ProgramContext } from './program-context.ts';
import type { BundlePlaceOptions } from './commands/bundle-import.ts';

export function addBundleCommands(program: Command, context: ProgramContext): void {
  const { io, env, setExitCode } = context;
  const group = addBundle(program);
  addBundleExport(group, context);
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
