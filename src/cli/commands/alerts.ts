/** `aiqyn alerts test` and `aiqyn alerts list`. */
import { systemClock } from '../../../probes/net/clock.ts';
import { readBook } from '../../alerts/book-file.ts';
import { changeOf, newBook } from '../../alerts/book.ts';
import type { RouteBook } from '../../alerts/book.ts';
import type { AlertsConfig, RouteConfig } from '../../config/alerts-config.ts';
import { loadCatalog } from '../../config/catalog-files.ts';
import { CONFIG_FILE_NAME, loadConfig } from '../../config/config.ts';
import type { Config, Environment } from '../../config/config.ts';
import { ConfigError } from '../../errors.ts';
import { testRoute } from '../administration.ts';
import { EXIT, printable, writeLine } from '../io.ts';
import type { Io } from '../io.ts';

interface Place {
  readonly config?: string;
  readonly dataDir?: string;
}

function alertsOf(config: Config): AlertsConfig {
  if (config.alerts !== null) return config.alerts;
  throw new ConfigError(
    `${config.file ?? CONFIG_FILE_NAME} alerts`,
    'is missing: docs/alerts.md says how to set a route up',
  );
}

/** Exit code 1 where one of them was not delivered. */
export async function testAlertsCommand(
  id: string | null,
  place: Place,
  io: Io,
  env: Environment,
): Promise<number> {
  const config = loadConfig(place.config ?? null, env);
  const alerts = alertsOf(config);
  const routes = alerts.routes.filter((route) => id === null || route.id === id);
  if (routes.length === 0) {
    const known = alerts.routes.map((route) => route.id).join(', ');
    throw new ConfigError(config.file ?? CONFIG_FILE_NAME, `has no route "${id ?? ''}"; there are: ${known}`);
  }
  const catalog = loadCatalog();
  const tries = routes.map(async (route) => {
    return { route, failure: await testRoute(alerts, catalog, route.id, systemClock().nowMs()) };
  });
  let failed = 0;
  for (const { route, failure } of await Promise.all(tries)) {
    if (failure === null) writeLine(io.stdout, `${route.id}: delivered.`);
    else {
      failed += 1;
      writeLine(io.stdout, `${route.id}: not delivered: ${printable(failure)}.`);
    }
  }
  return failed === 0 ? EXIT.done : EXIT.failed;
}

interface RouteState {
  readonly route: string;
  readonly channel: RouteConfig['channel']['channel'];
  readonly deliveredAt: string | null;
  readonly trouble: { readonly since: string; readonly reason: string } | null;
  readonly waiting: readonly { readonly incident: string; readonly change: string; readonly since: string }[];
  readonly failures: readonly { readonly incident: string; readonly at: string; readonly reason: string }[];
}

function iso(atMs: number): string {
  return new Date(atMs).toISOString();
}

function isoOrNull(atMs: number | null): string | null {
  return atMs === null ? null : iso(atMs);
}

/** A route that never ran has an empty book. */
function stateOf(route: RouteConfig, book: RouteBook): RouteState {
  const { deliveredAtMs, trouble, threads, failures } = book;
  const waiting = Object.entries(threads).flatMap(([incident, thread]) => {
    const change = changeOf(thread);
    return change === null || thread.dueSinceMs === null
      ? []
      : [{ incident, change, since: iso(thread.dueSinceMs) }];
  });
  return {
    route: route.id,
    channel: route.channel.channel,
    deliveredAt: isoOrNull(deliveredAtMs),
    trouble: trouble === null ? null : { since: iso(trouble.sinceMs), reason: trouble.reason },
    waiting,
    failures: failures.map(({ incident, atMs, reason }) => ({ incident, at: iso(atMs), reason })),
  };
}

function tell({ route, channel, deliveredAt, trouble, waiting, failures }: RouteState, io: Io): void {
  writeLine(io.stdout, `${route} (${channel}): last delivered ${deliveredAt ?? 'never'}.`);
  if (trouble !== null)
    writeLine(io.stdout, `  not reached since ${trouble.since}: ${printable(trouble.reason)}`);
  for (const { incident, change, since } of waiting)
    writeLine(io.stdout, `  waiting since ${since}: ${change} ${incident}`);
  for (const { incident, at, reason } of failures)
    writeLine(io.stdout, `  given up ${at}: ${incident}: ${printable(reason)}`);
}

export async function listAlertsCommand(
  place: Place & { readonly json: boolean },
  io: Io,
  env: Environment,
): Promise<number> {
  const config = loadConfig(place.config ?? null, env);
  const dataDir = place.dataDir ?? config.dataDir;
  const states: RouteState[] = [];
  for (const route of alertsOf(config).routes)
    states.push(stateOf(route, (await readBook(dataDir, route.id)) ?? newBook(0)));
  if (place.json) writeLine(io.stdout, JSON.stringify(states));
  else for (const state of states) tell(state, io);
  return EXIT.done;
}
