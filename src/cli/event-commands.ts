/** Commands, options and help texts of the calendar: `events`. */
import { Option } from 'commander';
import type { Command } from 'commander';
import { EVENT_KINDS, EVENT_PRECISIONS, STANCES } from '../events/event.ts';
import type { FactOptions } from './commands/events.ts';
import { CONFIG_OPTION, DATA_DIR_OPTION, JSON_OPTION } from './options.ts';
import type { ProgramContext } from './program-context.ts';

function several(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}

/** What `events add` and `events edit` take alike. */
function withFactOptions(command: Command): Command {
  return command
    .option(
      '--start <time>',
      'a month (2018-03), a day (2018-03-13) or an instant (2018-03-13T18:00:00+05:00)',
    )
    .option('--end <time>', 'its last month, day or instant; ? where it is not known (default: the start)')
    .option('--title <text>', 'title in English')
    .option('--title-ru <text>', 'title in Russian')
    .option('--title-kk <text>', 'title in Kazakh')
    .option('--place <name>', 'city or town; may be given several times', several)
    .option('--actor <name>', 'who took part; several times', several)
    .option('--platform <name>', 'platform it concerns; several times', several)
    .option('--source <text>', 'where this is known from; several times', several)
    .addOption(new Option('--confidence <level>', 'how sure it is').choices(['low', 'medium', 'high']))
    .option('--notes <text>', 'anything else')
    .addOption(
      new Option('--precision <grain>', 'how well the start is known (default: as it is written)').choices(
        EVENT_PRECISIONS,
      ),
    )
    .option('--approximate', 'the day or hour is itself an estimate')
    .option('--no-approximate', 'it is not')
    .addOption(new Option('--stance <stance>', 'of a statement: what it does').choices(STANCES))
    .option('--who <name>', 'of a statement: who made it')
    .option('--said <text>', 'of a statement: what was said')
    .option('--about-operator <name>', 'of a statement: operator that it names; several times', several)
    .option('--about-place <name>', 'of a statement: place that it names; several times', several)
    .option(...CONFIG_OPTION)
    .option(...DATA_DIR_OPTION);
}

interface Place {
  readonly config?: string;
  readonly dataDir?: string;
}

export function addEventCommands(program: Command, { io, env, setExitCode }: ProgramContext): void {
  async function dataDirOf(options: Place): Promise<string> {
    const { loadConfig } = await import('../config/config.ts');
    return options.dataDir ?? loadConfig(options.config ?? null, env).dataDir;
  }
  const events = program
    .command('events')
    .description('the calendar that incidents are set against; works while the monitor runs');
  events
    .command('list')
    .description('events that ship with Aiqyn and your own')
    .addOption(new Option('--kind <kind>', 'only of this kind').choices(EVENT_KINDS))
    .option(...CONFIG_OPTION)
    .option(...DATA_DIR_OPTION)
    .option(...JSON_OPTION)
    .action(async (options: Place & { kind?: string; json?: true }) => {
      const { listEventsCommand } = await import('./commands/events.ts');
      const dataDir = await dataDirOf(options);
      setExitCode(await listEventsCommand({ ...options, dataDir, json: options.json === true }, io));
    });
  withFactOptions(
    events
      .command('add')
      .description('an event of your own; prints its id')
      .option('--id <id>', 'default: made from its start and title')
      .addOption(new Option('--kind <kind>', 'what it is').choices(EVENT_KINDS).makeOptionMandatory()),
  ).action(async (options: FactOptions & Place) => {
    const { addEventCommand } = await import('./commands/events.ts');
    setExitCode(await addEventCommand({ ...options, dataDir: await dataDirOf(options) }, io));
  });
  withFactOptions(
    events
      .command('edit <id>')
      .description('changes an event, also one that ships with Aiqyn; your version wins')
      .addOption(new Option('--kind <kind>', 'what it is').choices(EVENT_KINDS)),
  ).action(async (id: string, options: FactOptions & Place) => {
    const { editEventCommand } = await import('./commands/events.ts');
    setExitCode(await editEventCommand(id, { ...options, dataDir: await dataDirOf(options) }, io));
  });
  events
    .command('remove <id>')
    .description('takes an event out, also one that ships with Aiqyn')
    .option(...CONFIG_OPTION)
    .option(...DATA_DIR_OPTION)
    .action(async (id: string, options: Place) => {
      const { removeEventCommand } = await import('./commands/events.ts');
      setExitCode(await removeEventCommand(id, await dataDirOf(options), io));
    });
  addLiveCommands(events, { io, env, setExitCode }, dataDirOf);
  for (const command of events.commands) command.exitOverride();
}

interface LiveOptions extends Place {
  readonly title: string;
  readonly platform: readonly string[];
  readonly actor?: readonly string[];
  readonly place?: readonly string[];
  readonly source?: readonly string[];
}

function addLiveCommands(
  events: Command,
  { io, setExitCode }: ProgramContext,
  dataDirOf: (options: Place) => Promise<string>,
): void {
  const live = events
    .command('live')
    .description('“live now”, said by hand: a running monitor looks at its platforms every 30 seconds');
  live
    .command('start')
    .description('a livestream that begins now; prints its id')
    .requiredOption('--title <text>', 'what it is, such as the name of the channel')
    .requiredOption('--platform <name>', 'where it is; several times', several)
    .option('--actor <name>', 'who speaks; several times', several)
    .option('--place <name>', 'city or town; several times', several)
    .option('--source <text>', 'its address; several times', several)
    .option(...CONFIG_OPTION)
    .option(...DATA_DIR_OPTION)
    .action(async (options: LiveOptions) => {
      const { liveStartCommand } = await import('./commands/events-live.ts');
      setExitCode(await liveStartCommand({ ...options, dataDir: await dataDirOf(options) }, io));
    });
  live
    .command('stop <id>')
    .description('it has ended, now')
    .option(...CONFIG_OPTION)
    .option(...DATA_DIR_OPTION)
    .action(async (id: string, options: Place) => {
      const { liveStopCommand } = await import('./commands/events-live.ts');
      setExitCode(await liveStopCommand(id, await dataDirOf(options), io));
    });
  for (const command of live.commands) command.exitOverride();
}
