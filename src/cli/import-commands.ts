/** Commands, options and help texts of `import`: measurements and events from elsewhere. */
import { Option } from 'commander';
import type { Command } from 'commander';
import { EVENT_KINDS } from '../events/event.ts';
import type { EventKind } from '../events/event.ts';
import type { ImportFormat } from './commands/import.ts';
import { OONI_BUCKET } from '../sources/ooni/archive-layout.ts';
import { ASN_DB_OPTION, CONFIG_OPTION, DATA_DIR_OPTION, JSON_OPTION } from './options.ts';
import type { ProgramContext } from './program-context.ts';

interface Place {
  readonly config?: string;
  readonly dataDir?: string;
}

const EVENT_FORMATS: readonly { readonly format: ImportFormat; readonly description: string }[] = [
  { format: 'ics', description: 'events of an iCalendar file' },
  { format: 'stop', description: 'events of Access Now’s STOP list, in JSON' },
  { format: 'csv', description: 'events of a CSV file' },
  { format: 'yaml', description: 'events of a YAML file, as "events list" keeps them' },
];

export function addImportCommands(program: Command, context: ProgramContext): void {
  const group = program
    .command('import')
    .description('from elsewhere: measurements of OONI’s probe, signals of IODA, and events');
  addOoni(group, context);
  addIoda(group, context);
  for (const each of EVENT_FORMATS) addEvents(group, each, context);
  for (const command of group.commands) command.exitOverride();
}

/** `backfill`: the past, from archives of others. */
export function addBackfillCommands(program: Command, { io, env, setExitCode }: ProgramContext): void {
  const group = program
    .command('backfill')
    .description('the past, from archives of others; goes on where it stopped');
  group
    .command('ooni')
    .description(
      'what OONI’s volunteers measured in Kazakhstan, with its incidents and what they go with; run again, it goes on where it stopped',
    )
    .requiredOption('--since <day>', 'first day (UTC): 2018-03-01')
    .requiredOption('--until <day>', 'last day, included: 2019-03-31')
    .option('--from <dir|url>', 'a folder of its files, or another address of the archive', OONI_BUCKET)
    .option('--dry-run', 'only list what there is, and say how long it would take')
    .option(...ASN_DB_OPTION)
    .option(...CONFIG_OPTION)
    .option(...DATA_DIR_OPTION)
    .option(...JSON_OPTION)
    .action(
      async (
        options: Place & {
          since: string;
          until: string;
          from: string;
          dryRun?: true;
          asnDb?: string;
          json?: true;
        },
      ) => {
        const { backfillOoniCommand } = await import('./commands/backfill-ooni.ts');
        const { dryRun, json, ...rest } = options;
        const chosen = { ...rest, dryRun: dryRun === true, json: json === true };
        setExitCode(await backfillOoniCommand(chosen, io, env));
      },
    );
  for (const command of group.commands) command.exitOverride();
}

function addOoni(group: Command, { io, env, setExitCode }: ProgramContext): void {
  group
    .command('ooni <paths...>')
    .description('measurements in OONI format: JSON, JSONL, .gz, or folders of them; also exports of Aiqyn')
    .option('--country <code>', 'only what was measured there, e.g. KZ (default: all)')
    .option(...ASN_DB_OPTION)
    .option('--keep-bodies', 'keep pages as they were served, and not only their length, title and hash')
    .option(...CONFIG_OPTION)
    .option(...DATA_DIR_OPTION)
    .option(...JSON_OPTION)
    .action(
      async (
        paths: string[],
        options: Place & { country?: string; asnDb?: string; keepBodies?: true; json?: true },
      ) => {
        const { importOoniCommand } = await import('./commands/import-ooni.ts');
        const { keepBodies, json, ...rest } = options;
        const chosen = { ...rest, keepBodies: keepBodies === true, json: json === true };
        setExitCode(await importOoniCommand(paths, chosen, io, env));
      },
    );
}

function addIoda(group: Command, { io, env, setExitCode }: ProgramContext): void {
  group
    .command('ioda <files...>')
    .description('saved JSON answers of IODA’s API: signals, outage events, alerts')
    .option(...CONFIG_OPTION)
    .option(...DATA_DIR_OPTION)
    .option(...JSON_OPTION)
    .action(async (files: string[], options: Place & { json?: true }) => {
      const { importIodaCommand } = await import('./commands/import-ioda.ts');
      setExitCode(await importIodaCommand(files, { ...options, json: options.json === true }, io, env));
    });
}

function addEvents(
  group: Command,
  { format, description }: (typeof EVENT_FORMATS)[number],
  { io, env, setExitCode }: ProgramContext,
): void {
  group
    .command(`${format} <file>`)
    .description(description)
    .addOption(
      new Option('--kind <kind>', 'kind of events that do not name one')
        .choices(EVENT_KINDS)
        .default('other'),
    )
    .option(...CONFIG_OPTION)
    .option(...DATA_DIR_OPTION)
    .option(...JSON_OPTION)
    .action(async (file: string, options: Place & { kind: EventKind; json?: true }) => {
      const { importCommand } = await import('./commands/import.ts');
      const { loadConfig } = await import('../config/config.ts');
      const dataDir = options.dataDir ?? loadConfig(options.config ?? null, env).dataDir;
      const chosen = { ...options, dataDir, json: options.json === true };
      setExitCode(await importCommand(format, file, chosen, io));
    });
}
