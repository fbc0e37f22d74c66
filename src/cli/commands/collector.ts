/** `aiqyn collector`: what `run` is, with a door for other machines' vantages instead of vantages of its own. */
import { systemClock } from '../../../probes/net/clock.ts';
import type { Uplink } from '../../agent/spool.ts';
import { openCarriedBook } from '../../collector/carried-book.ts';
import { createCarriedReception } from '../../collector/carried-reception.ts';
import { openFleetBook } from '../../collector/fleet-book.ts';
import { createFleetServer } from '../../collector/fleet-server.ts';
import type { CarriedIntake } from '../../collector/ingest.ts';
import { createReception } from '../../collector/reception.ts';
import { openAsnTable } from '../../config/asn-table.ts';
import { removeIfThere, writeWhole } from '../../disk.ts';
import { openBoxKey } from '../../fleet/box-key-file.ts';
import type { Environment } from '../../config/config.ts';
import { runConfigured } from '../configured-monitor.ts';
import type { MonitorPlace, Surroundings } from '../configured-monitor.ts';
import { boxKeyPath, doorPath } from '../fleet-of.ts';
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
  uplink: Uplink & CarriedIntake,
  io: Io,
): Promise<() => Promise<void>> {
  const clock = systemClock();
  const book = await openFleetBook(dataDir);
  const carried = await openCarriedBook(dataDir);
  const server = await createFleetServer({
    book,
    reception: createReception({ book, carried, uplink, clock }),
    carriedReception: createCarriedReception({ book, carried, intake: uplink, clock }),
    boxKey: (await openBoxKey(boxKeyPath(dataDir))).publicKey,
    clock,
    log,
    livePlatforms,
    ...(config.asnDb === null ? {} : { asnOf: openAsnTable(config.asnDb) }),
  });
  const { host, port } = config.collector;
  const url = await listen(server, { host: fleetHost ?? host, port: fleetPort ?? port });
  writeLine(io.stdout, `Agents are awaited at ${url}; ${(await book.enrolled()).size} are enrolled`);
  await writeWhole(doorPath(dataDir), Buffer.from(JSON.stringify({ url })));
  return async () => {
    await removeIfThere(doorPath(dataDir));
    await server.close();
  };
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
