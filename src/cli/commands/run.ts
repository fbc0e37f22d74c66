/** `aiqyn run`: the monitor on one machine. */
import type { Environment } from '../../config/config.ts';
import { runConfigured } from '../configured-monitor.ts';
import type { MonitorPlace } from '../configured-monitor.ts';
import { vantagesOf } from '../configured-vantages.ts';
import type { Io } from '../io.ts';
import { EXIT, writeLine } from '../io.ts';

export async function runCommand(place: MonitorPlace, io: Io, env: Environment): Promise<number> {
  await runConfigured(place, env, {
    vantages: vantagesOf,
    started: ({ url }) => {
      writeLine(io.stdout, `Aiqyn is measuring. The page is at ${url}`);
    },
  });
  return EXIT.done;
}
