/** Commands, options and help texts of alerts: `alerts`. */
import type { Command } from 'commander';
import { CONFIG_OPTION, DATA_DIR_OPTION, JSON_OPTION } from './options.ts';
import type { ProgramContext } from './program-context.ts';

interface Place {
  readonly config?: string;
  readonly dataDir?: string;
}

export function addAlertCommands(program: Command, { io, env, setExitCode }: ProgramContext): void {
  const alerts = program.command('alerts').description('who is told of incidents, and what waits to be told');
  alerts
    .command('test [route]')
    .description('sends a test message, marked as such, on one route or on all')
    .option(...CONFIG_OPTION)
    .action(async (route: string | undefined, options: Place) => {
      const { testAlertsCommand } = await import('./commands/alerts.ts');
      setExitCode(await testAlertsCommand(route ?? null, options, io, env));
    });
  alerts
    .command('list')
    .description('what each route has yet to tell, and what could not be told')
    .option(...CONFIG_OPTION)
    .option(...DATA_DIR_OPTION)
    .option(...JSON_OPTION)
    .action(async (options: Place & { json?: true }) => {
      const { listAlertsCommand } = await import('./commands/alerts.ts');
      setExitCode(await listAlertsCommand({ ...options, json: options.json === true }, io, env));
    });
  for (const command of alerts.commands) command.exitOverride();
}
