/** Commands, options and help texts of evidence. */
import type { Command } from 'commander';
import type { VerifyCommandOptions } from './commands/verify.ts';
import { CONFIG_OPTION, DATA_DIR_OPTION, JSON_OPTION } from './options.ts';
import type { ProgramContext } from './program-context.ts';

export function addEvidenceCommands(program: Command, { io, env, setExitCode }: ProgramContext): void {
  program
    .command('evidence <incident>')
    .description(
      'one incident in a signed ZIP: report, charts, raw measurements, verdicts and proofs that others can check',
    )
    .option('-o, --out <file>', 'file to write (default: <incident>.zip here)')
    .option('--force', 'replace the file where it exists')
    .option(...CONFIG_OPTION)
    .option(...DATA_DIR_OPTION)
    .option(...JSON_OPTION)
    .action(
      async (
        incident: string,
        { out, ...options }: { out?: string; force?: true; config?: string; dataDir?: string; json?: true },
      ) => {
        const { evidenceCommand } = await import('./commands/evidence.ts');
        const output = out === undefined ? {} : { output: out };
        setExitCode(await evidenceCommand(incident, { ...options, ...output }, io, env));
      },
    );
  program
    .command('verify [file]')
    .description(
      'whether a ZIP of evidence is whole, signed and says what its data says, or a transparency log still holds what you saved of it; needs no network',
    )
    .option('--key <key>', 'who must have signed it: the key’s fingerprint, or a file with the public key')
    .option(
      '--log <file>',
      'a transparency.json: the bundle’s days must be in it; without a bundle it is checked itself',
    )
    .option('--saved <file>', 'one that you saved earlier: the --log must still hold all of it')
    .option(...JSON_OPTION)
    .action(async (file: string | undefined, options: VerifyCommandOptions) => {
      const { verifyCommand } = await import('./commands/verify.ts');
      setExitCode(await verifyCommand(file, options, io));
    });
}
