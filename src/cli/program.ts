/** Commands, options and help texts. What a command does is in commands/. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { addAlertCommands } from './alert-commands.ts';
import { addBundleCommands } from './bundle-commands.ts';
import { addEvidenceCommands } from './evidence-commands.ts';
import { addEventCommands } from './event-commands.ts';
import { addBackfillCommands, addImportCommands } from './import-commands.ts';
import { addFleetCommands } from './fleet-commands.ts';
import type { ProgramContext } from './program-context.ts';
import { ASN_DB_OPTION, CONFIG_OPTION, DATA_DIR_OPTION, JSON_OPTION, port } from './options.ts';
import { addDoctor, addProbe } from './vantage-commands.ts';
import { packageVersion } from './version.ts';

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError('A number above 0 is needed.');
  return value;
}

function addMonitorCommands(program: Command, { io, env, setExitCode }: ProgramContext): void {
  program
    .command('run')
    .description('the monitor on this machine: probes, store, detector and web page; needs no configuration')
    .option(...CONFIG_OPTION)
    .option(...DATA_DIR_OPTION)
    .option('-p, --port <n>', 'port of the web page (default: 8470)', port)
    .option('--host <address>', 'address the web page listens on (default: 127.0.0.1, this machine only)')
    .action(async (options: { config?: string; dataDir?: string; port?: number; host?: string }) => {
      const { runCommand } = await import('./commands/run.ts');
      setExitCode(await runCommand(options, io, env));
    });
  program
    .command('demo')
    .description(
      'the same monitor against a small internet of its own on loopback, with a censor that follows a scenario',
    )
    .option(
      '--scenario <file>',
      'scenario file (default: an evening livestream, in which YouTube and Facebook are blocked)',
    )
    .option(
      '--speed <n>',
      'scenario seconds per real second (default: so that the scenario lasts about 80 seconds)',
      positive,
    )
    .option('-p, --port <n>', 'port of the web page (default: 8470, or any free one with --exit)', port)
    .option(...DATA_DIR_OPTION)
    .option('-c, --config <file>', 'configuration whose store is used (default: a DuckDB of its own)')
    .option('--exit', 'end with the scenario instead of going on to serve the page')
    .option(...JSON_OPTION)
    .action(
      async (options: {
        config?: string;
        scenario?: string;
        speed?: number;
        port?: number;
        dataDir?: string;
        exit?: true;
        json?: true;
      }) => {
        const { demoCommand } = await import('./commands/demo.ts');
        setExitCode(await demoCommand(options, io, env));
      },
    );
}

function addMeasurementCommands(program: Command, context: ProgramContext): void {
  const { io, setExitCode } = context;
  addProbe(program, context);
  program
    .command('verdict <paths...>')
    .description('judge measurements in OONI format: JSON, JSONL, .gz, or folders of them')
    .option(...ASN_DB_OPTION)
    .option(...JSON_OPTION)
    .action(async (paths: string[], options: { asnDb?: string; json?: true }) => {
      const { verdictCommand } = await import('./commands/verdict.ts');
      const { knowledgeWith } = await import('../config/asn-table.ts');
      const knowledge = knowledgeWith(options.asnDb);
      setExitCode(await verdictCommand(paths, { json: options.json === true }, io, knowledge));
    });
  program
    .command('replay <scenario>')
    .description('a scenario in virtual time, without sockets, through verdict, detector and correlator')
    .option(...JSON_OPTION)
    .action(async (scenario: string, options: { json?: true }) => {
      const { replayCommand } = await import('./commands/replay.ts');
      setExitCode(await replayCommand(scenario, { json: options.json === true }, io));
    });
  program
    .command('detect <csv>')
    .description('anomalies of a numeric series with the columns timestamp and value; - reads stdin')
    .option(...JSON_OPTION)
    .action(async (csv: string, options: { json?: true }) => {
      const { detectCommand } = await import('./commands/detect.ts');
      setExitCode(await detectCommand(csv, { json: options.json === true }, io));
    });
}

function addSweepCommand(program: Command, { io, env, setExitCode }: ProgramContext): void {
  program
    .command('sweep')
    .description(
      'which share of the mobile networks answers, asked from outside; needs "sweep" in aiqyn.yaml',
    )
    .option('--once', 'one round, instead of one after the other')
    .option(...CONFIG_OPTION)
    .option(...DATA_DIR_OPTION)
    .option(...JSON_OPTION)
    .action(async (options: { config?: string; dataDir?: string; once?: true; json?: true }) => {
      const { sweepCommand } = await import('./commands/sweep.ts');
      setExitCode(await sweepCommand(options, io, env));
    });
}

function addDataCommands(program: Command, context: ProgramContext): void {
  const { io, env, setExitCode } = context;
  program
    .command('export')
    .description(
      'measurements of a window as CSV, Parquet or OONI-format JSONL; works while the monitor runs',
    )
    .requiredOption('--from <time>', 'first instant: 2026-11-01, 2026-11-01T18:00:00Z, "24h ago"')
    .option('--to <time>', 'end of the window, not included', 'now')
    .addOption(
      new Option('--format <format>', 'file format')
        .choices(['csv', 'parquet', 'jsonl'])
        .makeOptionMandatory(),
    )
    .requiredOption('-o, --output <file>', 'file to write; - for stdout (csv, jsonl)')
    .option('--force', 'replace the file where it exists')
    .option(...CONFIG_OPTION)
    .option(...DATA_DIR_OPTION)
    .action(
      async (options: {
        from: string;
        to: string;
        format: 'csv' | 'parquet' | 'jsonl';
        output: string;
        force?: true;
        config?: string;
        dataDir?: string;
      }) => {
        const { exportCommand } = await import('./commands/export.ts');
        const { loadConfig } = await import('../config/config.ts');
        const dataDir = options.dataDir ?? loadConfig(options.config ?? null, env).dataDir;
        setExitCode(await exportCommand({ ...options, force: options.force === true, dataDir }, io));
      },
    );
  addDoctor(program, context, async (options) => {
    const { doctorCommand } = await import('./commands/doctor.ts');
    return doctorCommand(options, io, env);
  });
}

function addStoreCommands(program: Command, { io, env, setExitCode }: ProgramContext): void {
  const group = program.command('store').description('the configured InfluxDB');
  group
    .command('copy')
    .description('what a data directory’s DuckDB store holds into the configured InfluxDB; may be repeated')
    .option('--from <dir>', 'data directory to copy from (default: the configuration’s own)')
    .option(
      '--since <time>',
      'measurements and heartbeats from then on: 2026-11-01, "30d ago" (default: all)',
    )
    .option(...CONFIG_OPTION)
    .action(async (options: { from?: string; since?: string; config?: string }) => {
      const { storeCopyCommand } = await import('./commands/store-copy.ts');
      setExitCode(await storeCopyCommand(options, io, env));
    });
  group
    .command('init')
    .description(
      'raw points for 30 days, five-minute rollups for a year, hourly ones and incidents for ever (1.x, 2.x)',
    )
    .option(...CONFIG_OPTION)
    .option('--dry-run', 'only say what would be done')
    .action(async (options: { config?: string; dryRun?: true }) => {
      const { storeInitCommand } = await import('./commands/store-init.ts');
      setExitCode(await storeInitCommand(options, io, env));
    });
  for (const command of group.commands) command.exitOverride();
}

export function createProgram(context: ProgramContext): Command {
  const program = new Command('aiqyn')
    .description('Finds and proves internet shutdowns and social-media blocking in Kazakhstan.')
    .version(packageVersion())
    .exitOverride()
    .showHelpAfterError('(aiqyn --help lists the commands)')
    .showSuggestionAfterError();
  addMonitorCommands(program, context);
  addFleetCommands(program, context);
  addBundleCommands(program, context);
  addMeasurementCommands(program, context);
  addSweepCommand(program, context);
  addDataCommands(program, context);
  addStoreCommands(program, context);
  addEventCommands(program, context);
  addImportCommands(program, context);
  addBackfillCommands(program, context);
  addAlertCommands(program, context);
  addEvidenceCommands(program, context);
  // Sub-commands inherit exitOverride only when it is set before they are made; this makes it so for all of them.
  for (const command of program.commands) command.exitOverride();
  return program;
}
