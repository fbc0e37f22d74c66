/** Commands, options and help texts of a fleet: agents inside, collector and control outside. */
import { Option } from 'commander';
import type { Command } from 'commander';
import { ACCESSES } from '../../probes/words.ts';
import type { VantageTag } from '../../probes/measurement.ts';
import { CONFIG_OPTION, DATA_DIR_OPTION, JSON_OPTION, port } from './options.ts';
import type { ProgramContext } from './program-context.ts';
import { addAgent, addJoin, vantageId } from './vantage-commands.ts';

interface Place {
  readonly config?: string;
  readonly dataDir?: string;
  readonly json?: true;
}

export function addFleetCommands(program: Command, context: ProgramContext): void {
  addServers(program, context);
  addEnrolment(program, context);
}

function addServers(program: Command, context: ProgramContext): void {
  addAgent(program, context);
  const { io, env, setExitCode } = context;
  program
    .command('collector')
    .description('takes in what enrolled agents send: store, detector and web page, without measuring itself')
    .option(...CONFIG_OPTION)
    .option(...DATA_DIR_OPTION)
    .option('-p, --port <n>', 'port of the web page (default: 8470)', port)
    .option('--host <address>', 'address the web page listens on (default: 127.0.0.1)')
    .option('--fleet-port <n>', 'port for agents (default: 8472)', port)
    .option('--fleet-host <address>', 'address for agents (default: 127.0.0.1; put a TLS proxy before it)')
    .action(
      async (
        options: Omit<Place, 'json'> & {
          port?: number;
          host?: string;
          fleetPort?: number;
          fleetHost?: string;
        },
      ) => {
        const { collectorCommand } = await import('./commands/collector.ts');
        setExitCode(await collectorCommand(options, io, env));
      },
    );
  program
    .command('control')
    .description('the control: measures the same targets from outside the country, for vantages that ask it')
    .option('-p, --port <n>', 'port (default: 8471)', port)
    .option('--host <address>', 'address to listen on (default: 127.0.0.1; put a TLS proxy before it)')
    .option('--token-file <file>', 'file with the token that vantages must send')
    .action(async (options: { port?: number; host?: string; tokenFile?: string }) => {
      const { controlCommand } = await import('./commands/control.ts');
      setExitCode(await controlCommand(options, io, env));
    });
}

function addEnrolment(program: Command, context: ProgramContext): void {
  const { io, env, setExitCode } = context;
  const group = program
    .command('enroll')
    .description('who may send to a collector: a one-time token, then a key that never leaves the vantage');
  group
    .command('new <vantage>')
    .description('on the collector: a token for one vantage, printed once')
    .requiredOption('--operator <asn>', 'AS number of its network, such as AS9198')
    .requiredOption('--place <id>', 'a place of the catalogue, such as almaty')
    .addOption(new Option('--access <kind>', 'kind of line').choices(ACCESSES).makeOptionMandatory())
    .option(...CONFIG_OPTION)
    .option(...DATA_DIR_OPTION)
    .option(...JSON_OPTION)
    .action(async (id: string, options: Place & Omit<VantageTag, 'id'>) => {
      const { enrollNewCommand } = await import('./commands/enroll.ts');
      const { operator, place, access } = options;
      setExitCode(await enrollNewCommand({ id: vantageId(id), operator, place, access }, options, io, env));
    });
  group
    .command('list')
    .description('on the collector: who is enrolled, and how many batches of each are here')
    .option(...CONFIG_OPTION)
    .option(...DATA_DIR_OPTION)
    .option(...JSON_OPTION)
    .action(async (options: Place) => {
      const { enrollListCommand } = await import('./commands/enroll.ts');
      setExitCode(await enrollListCommand(options, io, env));
    });
  group
    .command('revoke <who>')
    .description(
      'on the collector: takes no more from a vantage, or from the key of this beginning; what it sent stays',
    )
    .option(...CONFIG_OPTION)
    .option(...DATA_DIR_OPTION)
    .action(async (who: string, options: Place) => {
      const { enrollRevokeCommand } = await import('./commands/enroll.ts');
      setExitCode(await enrollRevokeCommand(who, options, io, env));
    });
  addJoin(group, context);
  for (const command of group.commands) command.exitOverride();
}
