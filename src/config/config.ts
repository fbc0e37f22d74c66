/** Loads `aiqyn.yaml`: defaults filled in, paths absolute, secrets read. The environment comes in from src/cli. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, isAbsolute, resolve } from 'node:path';
import type { Catalog } from '../../probes/catalog.ts';
import { ConfigError } from '../errors.ts';
import { loadCatalog } from './catalog-files.ts';
import { configSchema } from './config-schema.ts';
import type { ConfigFile } from './config-schema.ts';
import { Secret } from './secret.ts';
import { parseYaml } from './yaml.ts';

export const CONFIG_FILE_NAME = 'aiqyn.yaml';
const SECRET_LENGTH_MAX = 4_096;

/** The environment as src/cli read it. */
export type Environment = Readonly<Record<string, string | undefined>>;

export interface ControlConfig {
  readonly url: string;
  readonly token: Secret | null;
}

/** What Aiqyn runs with. Safe to log: a Secret never shows what it holds. */
export interface Config extends Readonly<Omit<ConfigFile, 'control'>> {
  /** The file that was read; null where there is none and everything has its default. */
  readonly file: string | null;
  /** Null: nothing outside is asked; verdicts rest on evidence that carries its own control. */
  readonly control: ControlConfig | null;
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
  return complete(read, { base: dirname(file), env, shown }, isThere ? file : null);
}

function complete(read: ConfigFile, source: Source, file: string | null): Config {
  const { base } = source;
  const { control, ...rest } = read;
  return {
    ...rest,
    file,
    dataDir: resolve(base, read.dataDir),
    plan: planPath(base, read.plan),
    vantages: read.vantages.map(({ plan, ...vantage }) =>
      plan === undefined ? vantage : { ...vantage, plan: planPath(base, plan) },
    ),
    control: control === undefined ? null : controlOf(control, source),
  };
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
}

function controlOf(control: NonNullable<ConfigFile['control']>, source: Source): ControlConfig {
  const { url, token, tokenFile } = control;
  if (tokenFile !== undefined) {
    const file = resolve(source.base, tokenFile);
    const content = readText(file, `${source.shown} control.tokenFile`).trim();
    return { url, token: secretOf(content, `${source.shown} control.tokenFile`, `the file ${file}`) };
  }
  if (token === undefined) return { url, token: null };
  const where = `${source.shown} control.token`;
  return { url, token: secretOf(substitute(token, where, source.env), where, 'the value') };
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
