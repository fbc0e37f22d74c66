/** Loads `aiqyn.yaml`: defaults filled in, paths absolute, secrets read. The environment comes in from src/cli. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, isAbsolute, resolve } from 'node:path';
import type { Catalog } from '../../probes/catalog.ts';
import { ConfigError } from '../errors.ts';
import { loadCatalog } from './catalog-files.ts';
import { ADMIN_TOKEN_LENGTH_MIN, adminConfig } from './admin-schema.ts';
import type { AdminConfig, AdminFile } from './admin-schema.ts';
import { configSchema } from './config-schema.ts';
import type { ConfigFile } from './config-schema.ts';
import { borrowedConfig } from './borrowed-config.ts';
import type { BorrowedConfig } from './borrowed-config.ts';
import type { AlertsConfig, ChannelConfig } from './alerts-config.ts';
import { Secret } from './secret.ts';
import type { InfluxAddress, InfluxLogin, StoreConfig } from './store-config.ts';
import { sourcesConfig } from './sources-config.ts';
import type { SourcesConfig } from './sources-config.ts';
import { sweepConfig } from './sweep-config.ts';
import type { SweepConfig } from './sweep-config.ts';
import { vantageConfig } from './vantage-config.ts';
import type { VantageConfig } from './vantage-config.ts';
import { watchersConfig } from './watchers-config.ts';
import type { WatchersConfig } from './watchers-config.ts';
import { parseYaml } from './yaml.ts';

export const CONFIG_FILE_NAME = 'aiqyn.yaml';
const SECRET_LENGTH_MAX = 4_096;

/** The environment as src/cli read it. */
export type Environment = Readonly<Record<string, string | undefined>>;

export interface ControlConfig {
  readonly url: string;
  readonly token: Secret | null;
}

export interface FleetConfig {
  /** Base addresses of one collector, in the order in which they are tried. */
  readonly collectors: readonly string[];
  readonly socks: string | null;
  /** PEM of the only authority that a collector's certificate may come from; null: the system's. */
  readonly authority: string | null;
  /** Whether what a line cannot send itself may leave by another line of the same agent. */
  readonly otherLines: boolean;
}

/** What Aiqyn runs with. Safe to log: a Secret never shows what it holds. */
export interface Config extends Readonly<
  Omit<
    ConfigFile,
    | 'control'
    | 'store'
    | 'fleet'
    | 'alerts'
    | 'sweep'
    | 'admin'
    | 'sources'
    | 'borrowed'
    | 'asnDb'
    | 'vantages'
    | 'watchers'
  >
> {
  /** The file that was read; null where there is none and everything has its default. */
  readonly file: string | null;
  readonly vantages: readonly VantageConfig[];
  /** Null: nothing outside is asked; verdicts rest on evidence that carries its own control. */
  readonly control: ControlConfig | null;
  readonly store: StoreConfig;
  /** Null: nothing is sent anywhere. */
  readonly fleet: FleetConfig | null;
  /** A table of networks (.mmdb); null: the catalogue's prefixes of operators alone. */
  readonly asnDb: string | null;
  /** Null: nobody is told of anything. */
  readonly alerts: AlertsConfig | null;
  /** Null: nobody is asked from outside. */
  readonly sweep: SweepConfig | null;
  /** Null: there are no pages of administration. */
  readonly admin: AdminConfig | null;
  /** Whom of those who watch from outside it asks; nobody by default. */
  readonly sources: SourcesConfig;
  /** Null: nobody else's probes are asked. */
  readonly borrowed: BorrowedConfig | null;
  /** Null: nobody is watched for livestreams. */
  readonly watchers: WatchersConfig | null;
}

/**
 * Reads the config at `path`; null looks for ./aiqyn.yaml and is content with defaults where there is none.
 * Relative paths in the file (`dataDir`, `tokenFile`, plans given as a path) are relative to it. Operators given by their
 * id in the catalogue come out as their main AS number, resolvers as `ip:port`.
 * Throws ConfigError naming file, line, column, key, what was found and what was expected.
 */
export function loadConfig(path: string | null, env: Environment, catalog: Catalog = loadCatalog()): Config {
  const shown = path ?? CONFIG_FILE_NAME;
  const file = resolve(shown);
  const isThere = existsSync(file);
  if (!isThere && path !== null) throw new ConfigError(path, 'there is no such file');
  const text = isThere ? readText(file, shown) : '';
  const read = parseYaml(configSchema(catalog), text, shown);
  return complete(read, { base: dirname(file), env, shown, catalog }, isThere ? file : null);
}

function complete(read: ConfigFile, source: Source, file: string | null): Config {
  const { base } = source;
  function planOf(plan: string): string {
    return planPath(base, plan);
  }
  const { control, store, fleet, alerts, sweep, admin, sources, borrowed, asnDb, watchers, ...rest } = read;
  return {
    ...rest,
    file,
    dataDir: resolve(base, read.dataDir),
    plan: planPath(base, read.plan),
    paths: pathsOf(base, read.paths),
    vantages: read.vantages.map((vantage, index) =>
      vantageConfig(vantage, planOf, readSecret(vantage, `vantages[${index}]`, 'throughPassword', source)),
    ),
    control: control === undefined ? null : controlOf(control, source),
    store: store.kind === 'influx' ? { kind: 'influx', address: addressOf(store, source) } : store,
    fleet: fleet === undefined ? null : fleetOf(fleet, source),
    asnDb: asnDb === undefined ? null : resolve(base, asnDb),
    alerts: alerts === undefined ? null : alertsOf(alerts, source),
    sweep: sweep === undefined ? null : sweepOf(sweep, source),
    admin: admin === undefined ? null : adminOf(admin, source),
    sources: sourcesConfig(sources, (way, at) => readSecret(way, at, 'token', source)),
    watchers: watchers === undefined ? null : watchersConfig(watchers, (...of) => readSecret(...of, source)),
    borrowed: borrowed === undefined ? null : borrowedConfig(borrowed, (...of) => readSecret(...of, source)),
  };
}

function pathsOf(base: string, { asnTableFile, ...paths }: ConfigFile['paths']): ConfigFile['paths'] {
  return asnTableFile === undefined ? paths : { ...paths, asnTableFile: resolve(base, asnTableFile) };
}

/** Names stay names; what looks like a path (a slash or an extension) is made absolute. */
function planPath(base: string, plan: string): string {
  return /[/\\.]/.test(plan) && !isAbsolute(plan) ? resolve(base, plan) : plan;
}

interface Source {
  /** The config's folder. */
  readonly base: string;
  readonly env: Environment;
  /** The config's name in messages. */
  readonly shown: string;
  readonly catalog: Catalog;
}

function controlOf(control: NonNullable<ConfigFile['control']>, source: Source): ControlConfig {
  return { url: control.url, token: readSecret(control, 'control', 'token', source) };
}

function fleetOf(
  { collectors, socks, authorityFile, otherLines }: NonNullable<ConfigFile['fleet']>,
  source: Source,
): FleetConfig {
  const where = `${source.shown} fleet.authorityFile`;
  const authority = authorityFile === undefined ? null : readText(resolve(source.base, authorityFile), where);
  return { collectors, socks: socks ?? null, authority, otherLines };
}

function adminOf(admin: AdminFile, source: Source): AdminConfig {
  const token = readSecret(admin, 'admin', 'token', source);
  if (token !== null && token.reveal().length < ADMIN_TOKEN_LENGTH_MIN)
    throw new ConfigError(
      `${source.shown} admin.token`,
      `has fewer than ${ADMIN_TOKEN_LENGTH_MIN} characters; make one with: openssl rand -base64 33`,
    );
  return adminConfig(admin, token);
}

function sweepOf(sweep: NonNullable<ConfigFile['sweep']>, source: Source): SweepConfig {
  const { optOutFile } = sweep;
  if (optOutFile === undefined) return sweepConfig(sweep, source.catalog, null);
  const file = resolve(source.base, optOutFile);
  const text = readText(file, `${source.shown} sweep.optOutFile`);
  return sweepConfig(sweep, source.catalog, { text, file });
}

/** What goes together was checked by the schema. */
function addressOf(store: Extract<ConfigFile['store'], { kind: 'influx' }>, source: Source): InfluxAddress {
  const { url, database, bucket, org, username, flavour } = store;
  const token = readSecret(store, 'store', 'token', source);
  const password = readSecret(store, 'store', 'password', source);
  return {
    url,
    database: database ?? bucket ?? '',
    org: org ?? null,
    flavour: flavour ?? null,
    login: loginOf(token, username, password),
  };
}

function loginOf(token: Secret | null, username: string | undefined, password: Secret | null): InfluxLogin {
  if (token !== null) return { kind: 'token', token };
  if (username !== undefined && password !== null) return { kind: 'password', username, password };
  return { kind: 'none' };
}

type AlertsFile = NonNullable<ConfigFile['alerts']>;
type RouteFile = AlertsFile['routes'][number];

function alertsOf(alerts: AlertsFile, source: Source): AlertsConfig {
  return {
    publicUrl: alerts.publicUrl?.replace(/\/+$/, '') ?? null,
    routes: alerts.routes.map((route, index) => ({
      id: route.id,
      language: route.language,
      only: route.only,
      quiet: route.quiet ?? null,
      channel: channelOf(route, `alerts.routes[${index}]`, source),
    })),
  };
}

/** That a secret is there was checked by the schema. */
function channelOf(route: RouteFile, at: string, source: Source): ChannelConfig {
  function secret(key: string): Secret {
    const found = readSecret(route, at, key, source);
    if (found === null) throw new ConfigError(`${source.shown} ${at}.${key}`, 'is missing');
    return found;
  }
  switch (route.channel) {
    case 'telegram':
      return { channel: 'telegram', chat: route.chat, api: route.api, token: secret('token') };
    case 'email': {
      const { host, port, tls, username, from, to } = route;
      const password = readSecret(route, at, 'password', source);
      const login = username === undefined || password === null ? null : { username, password };
      return { channel: 'email', host, port, tls, from, to, login };
    }
    case 'webhook':
      return { channel: 'webhook', url: route.url, secret: secret('secret') };
    case 'ntfy': {
      const token = readSecret(route, at, 'token', source);
      return { channel: 'ntfy', url: route.url, topic: route.topic, token };
    }
    case 'slack':
      return { channel: 'slack', url: secret('secretUrl') };
    case 'alertmanager':
      return { channel: 'alertmanager', url: route.url, token: readSecret(route, at, 'token', source) };
  }
}

/** From the file that `<key>File` names, or from `<key>` itself with `${NAME}` replaced; null where neither is set. */
function readSecret(
  section: Readonly<Partial<Record<string, unknown>>>,
  at: string,
  key: string,
  source: Source,
): Secret | null {
  const path = section[`${key}File`];
  if (typeof path === 'string') {
    const file = resolve(source.base, path);
    const where = `${source.shown} ${at}.${key}File`;
    return secretOf(readText(file, where).trim(), where, `the file ${file}`);
  }
  const text = section[key];
  if (typeof text !== 'string') return null;
  const where = `${source.shown} ${at}.${key}`;
  return secretOf(substitute(text, where, source.env), where, 'the value');
}

function secretOf(value: string, where: string, what: string): Secret {
  if (value === '') throw new ConfigError(where, `${what} is empty, expected a secret`);
  if (value.length > SECRET_LENGTH_MAX) {
    throw new ConfigError(
      where,
      `${what} has more than ${SECRET_LENGTH_MAX} characters: is it the right one?`,
    );
  }
  return new Secret(value);
}

/** Replaces `${NAME}` by the environment's value. A missing variable is an error: half a secret opens nothing. */
function substitute(text: string, where: string, env: Environment): string {
  return text.replaceAll(/\$\{(\w+)\}/g, (_, name: string) => {
    const value = env[name];
    if (value === undefined) throw new ConfigError(where, `the environment has no variable ${name}`);
    return value;
  });
}

function readText(file: string, where: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new ConfigError(where, `${file} cannot be read: does it exist, and may this user read it?`, {
      cause,
    });
  }
}
