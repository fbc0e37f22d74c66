/** Asks control and collector from where a vantage came, by its own line, and looks its network up. */
import { networkInterfaces } from 'node:os';
import type { Catalog } from '../../probes/catalog.ts';
import type { SendPlain } from '../../probes/net/post-json.ts';
import type { Clock } from '../../probes/probe.ts';
import { createWhereabouts } from '../agent/whereabouts.ts';
import type { Whereabouts } from '../agent/whereabouts.ts';
import { isSameOperator, networksOf } from '../config/address-networks.ts';
import { openAsnTable } from '../config/asn-table.ts';
import type { Config, ControlConfig } from '../config/config.ts';
import { CONTROL_WHEREABOUTS_PATH, WHEREABOUTS_PATH, WhereaboutsAnswer } from '../fleet/caller-address.ts';
import type { Log } from '../log.ts';
import type { Line } from './lines.ts';

const TIMEOUT_MS = 5_000;

type WhereaboutsConfig = Pick<Config, 'control' | 'fleet' | 'asnDb'>;

interface Source {
  readonly send: SendPlain;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Where there is nobody to ask nothing is ever known. Through a proxy the collector sees the proxy, so it is not asked there. */
function sourcesOf({ control, fleet }: WhereaboutsConfig, line: Line): Source[] {
  const collectors = fleet?.socks === null ? fleet.collectors : [];
  return [
    ...(control === null ? [] : [controlSource(control, line)]),
    ...collectors.map((base) => ({
      send: line.send,
      url: new URL(WHEREABOUTS_PATH, base).href,
      headers: {},
    })),
  ];
}

function controlSource({ url, token }: ControlConfig, line: Line): Source {
  const secret = token?.reveal();
  return {
    send: line.sendToControl,
    url: new URL(CONTROL_WHEREABOUTS_PATH, url.endsWith('/') ? url : `${url}/`).href,
    headers: secret === undefined ? {} : { authorization: `Bearer ${secret}` },
  };
}

/** Null where nobody answers. Never rejects. */
export async function askWhereabouts(
  config: WhereaboutsConfig,
  line: Line,
  signal: AbortSignal,
): Promise<WhereaboutsAnswer | null> {
  for (const { send, url, headers } of sourcesOf(config, line)) {
    const answer = await send({ url, headers, body: null, timeoutMs: TIMEOUT_MS }, signal);
    const said = WhereaboutsAnswer.safeParse(answer.body);
    if (answer.failure === null && said.success) return said.data;
    if (signal.aborted) return null;
  }
  return null;
}

/** Changes when an interface or an address comes or goes, as when a VPN is switched on. */
function machineState(): string {
  return JSON.stringify(
    Object.entries(networkInterfaces()).map(([name, addresses]) => [
      name,
      addresses?.map(({ address }) => address),
    ]),
  );
}

export interface WhereaboutsParts {
  readonly config: WhereaboutsConfig;
  readonly catalog: Catalog;
  readonly clock: Clock;
  readonly log: Log;
}

/** One factory for all vantages of a process: the table is opened once. @throws ConfigError where `asnDb` cannot be read */
export function whereaboutsMaker({
  config,
  catalog,
  clock,
  log,
}: WhereaboutsParts): (
  vantage: { readonly id: string; readonly operator: string },
  line: Line,
) => Whereabouts {
  const networkOf = networksOf(catalog, config.asnDb === null ? null : openAsnTable(config.asnDb));
  return (vantage, line) =>
    createWhereabouts({
      vantage,
      ask: async (signal) => askWhereabouts(config, line, signal),
      networkOf,
      isSameOperator: (declared, found) => isSameOperator(catalog, declared, found),
      machineState,
      clock,
      log,
    });
}
