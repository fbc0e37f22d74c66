/** `aiqyn collector`: what `run` is, with a door for other machines' vantages instead of vantages of its own. */
import { systemClock } from '../../../probes/net/clock.ts';
import type { Uplink } from '../../agent/spool.ts';
import { openFleetBook } from '../../collector/fleet-book.ts';
import { createFleetServer } from '../../collector/fleet-server.ts';
import { createReception } from '../../collector/reception.ts';
import type { Environment } from '../../config/config.ts';
import { runConfigured } from '../configured-monitor.ts';
import type { MonitorPlace, Surroundings } from '../configured-monitor.ts';
import type { Io } from '../io.ts';
import { EXIT, writeLine } from '../io.ts';
import { listen } from '../listen.ts';

export interface CollectorOptions extends MonitorPlace {
  readonly fleetPort?: number;
  readonly fleetHost?: string;
}

async function openDoor(
  { config, dataDir, log, livePlatforms }: Surroundings,
  { fleetHost, fleetPort }: CollectorOptions,
  uplink: Uplink,
  io: Io,
): Promise<() => Promise<void>> {
  const clock = systemClock();
  const book = await openFleetBook(dataDir);
  const reception = createReception({ book, uplink, clock });
  const server = await createFleetServer({ book, reception, clock, log, livePlatforms });
  const { host, port } = config.collector;
  const url = await listen(server, { host: fleetHost ?? host, port: fleetPort ?? port });
  writeLine(io.stdout, `Agents are awaited at ${url}; ${(await book.enrolled()).size} are enrolled`);
  return async () => server.close();
}

export async function collectorCommand(options: CollectorOptions, io: Io, env: Environment): Promise<number> {
  await runConfigured(options, env, {
    vantages: () => [],
    receive: (around) => async (uplink) => openDoor(around, options, uplink, io),
    started: ({ url }) => {
      writeLine(io.stdout, `The page is at ${url}`);
    },
  });
  return EXIT.done;
}
