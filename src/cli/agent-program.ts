/**
 * The commands of the agent of one file: those of a vantage's machine. Another one is added here as in program.ts, as long as what it
 * loads stays small: scripts/build-agent.js refuses stores, charts and native code.
 */
import { Command } from 'commander';
import { examineAgent } from './doctor/agent.ts';
import { reportChecks } from './doctor/report.ts';
import type { ProgramContext } from './program-context.ts';
import { addAgent, addBundle, addBundleExport, addDoctor, addJoin, addProbe } from './vantage-commands.ts';
import { packageVersion } from './version.ts';

export function createAgentProgram(context: ProgramContext): Command {
  const program = new Command('aiqyn')
    .description('The agent of Aiqyn: measures from this machine’s lines and sends to a collector.')
    .version(packageVersion())
    .exitOverride()
    .showHelpAfterError('(aiqyn --help lists the commands)')
    .showSuggestionAfterError();
  addAgent(program, context);
  const enroll = program.command('enroll').description('enrols a vantage of this machine at a collector');
  addJoin(enroll, context);
  const bundle = addBundle(program);
  addBundleExport(bundle, context);
  addProbe(program, context);
  addDoctor(program, context, async (options) =>
    reportChecks(options, context.io, context.env, examineAgent),
  );
  for (const command of [...program.commands, ...enroll.commands, ...bundle.commands]) command.exitOverride();
  return program;
}
