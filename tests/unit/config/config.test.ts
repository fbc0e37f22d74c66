import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError } from '../../../src/errors.ts';
import { DETECTOR_DEFAULTS } from '../../../src/analysis/detect/config.ts';
import { loadConfig } from '../../../src/config/config.ts';
import { packageRoot } from '../../../src/config/package-root.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'aiqyn-config-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function write(text: string): string {
  const file = join(folder, 'aiqyn.yaml');
  writeFileSync(file, text);
  return file;
}

describe('loadConfig(path, env)', () => {
  it('has a default for everything, and an empty file means the defaults', () => {
    const config = loadConfig(write('# nothing\n'), {});
    expect(config).toMatchObject({
      dataDir: join(folder, 'aiqyn-data'),
      plan: 'default',
      store: { kind: 'duckdb' },
      vantages: [{ id: 'this-machine', operator: 'AS0', place: 'unknown', access: 'fixed' }],
      resolvers: { system: true, udp: ['9.9.9.9:53'], doh: null },
      http: { host: '127.0.0.1', port: 8470 },
      archive: { budgetMegabytes: 2048, keepBodies: false },
      spool: { budgetMegabytes: 1_024 },
      log: { level: 'info' },
    });
    expect(config.control).toBeNull();
    expect(DETECTOR_DEFAULTS).toMatchObject(config.detector);
  });

  it('is content with defaults where no path is given and no file is there', () => {
    const config = loadConfig(null, {});
    expect(config.file).toBeNull();
    expect(config.dataDir).toBe(resolve('aiqyn-data'));
  });

  it('takes paths relative to the file, and leaves names and absolute paths alone', () => {
    const config = loadConfig(
      write(
        'dataDir: ../data\nplan: ./mine.yaml\nvantages: [{ id: a, plan: press }, { id: b, plan: /etc/b.yaml }]',
      ),
      {},
    );
    expect(config.dataDir).toBe(join(dirname(folder), 'data'));
    expect(config.plan).toBe(join(folder, 'mine.yaml'));
    expect(config.vantages.map((vantage) => vantage.plan)).toEqual(['press', '/etc/b.yaml']);
  });

  it.each([
    ['kcell', 'AS29355'],
    ['beeline', 'AS21299'],
    ['AS48503', 'AS48503'],
  ])('turns operator %s into %s', (operator, asn) => {
    const config = loadConfig(write(`vantages: [{ id: a, operator: ${operator} }]`), {});
    expect(config.vantages[0]?.operator).toBe(asn);
  });

  it.each([
    ['9.9.9.9', '9.9.9.9:53'],
    ['9.9.9.9:5353', '9.9.9.9:5353'],
    ['2620:fe::fe', '[2620:fe::fe]:53'],
    ['[2620:fe::fe]:5353', '[2620:fe::fe]:5353'],
  ])('writes resolver %s as %s', (given, normal) => {
    const config = loadConfig(write(`resolvers: { udp: ['${given}'] }`), {});
    expect(config.resolvers.udp).toEqual([normal]);
  });
});

describe('secrets', () => {
  function withToken(token: string): string {
    return `control: { url: 'https://control.example.org', ${token} }`;
  }

  it('come from the environment', () => {
    const config = loadConfig(write(withToken("token: '${AIQYN_TOKEN}'")), { AIQYN_TOKEN: 'hush' });
    expect(config.control?.token?.reveal()).toBe('hush');
  });

  it('come from a file beside the config, without its last line break', () => {
    writeFileSync(join(folder, 'token.txt'), 'hush\n');
    const config = loadConfig(write(withToken('tokenFile: token.txt')), {});
    expect(config.control?.token?.reveal()).toBe('hush');
  });

  it('are never shown, however the config is printed', () => {
    const config = loadConfig(write(withToken("token: '${AIQYN_TOKEN}'")), { AIQYN_TOKEN: 'hush' });
    const token = config.control?.token;
    const shown = [JSON.stringify(config), inspect(config, { depth: 9, showHidden: true }), String(token)];
    for (const text of shown) {
      expect(text).not.toContain('hush');
      expect(text).toContain('[secret]');
    }
  });

  it.each([
    ["token: '${AIQYN_TOKEN}'", {}, 'control.token: the environment has no variable AIQYN_TOKEN'],
    ["token: '${AIQYN_TOKEN}'", { AIQYN_TOKEN: '' }, 'control.token: the value is empty, expected a secret'],
    ['tokenFile: none.txt', {}, 'none.txt cannot be read: does it exist, and may this user read it?'],
  ])('%s with %o is refused', (token, env, message) => {
    const file = write(withToken(token));
    expect(() => loadConfig(file, env)).toThrow(ConfigError);
    expect(() => loadConfig(file, env)).toThrow(message);
  });
});

describe('store: { kind: influx, … }', () => {
  function store(text: string, env: Record<string, string> = {}) {
    return loadConfig(write(`store: { kind: influx, url: 'http://127.0.0.1:8086', ${text} }`), env).store;
  }

  it('takes a database, or a bucket of an organisation', () => {
    const address = { url: 'http://127.0.0.1:8086', org: null, login: { kind: 'none' }, flavour: null };
    expect(store('database: a')).toEqual({ kind: 'influx', address: { ...address, database: 'a' } });
    expect(store("org: o, bucket: b, flavour: '2'")).toEqual({
      kind: 'influx',
      address: { ...address, database: 'b', org: 'o', flavour: '2' },
    });
    expect(store('database: a, flavour: 3')).toMatchObject({ address: { flavour: '3' } });
  });

  it('reads its secrets from files and the environment, and never shows them', () => {
    writeFileSync(join(folder, 'password'), 'hush\n');
    const stores = [
      store('database: a, username: u, passwordFile: password'),
      store("database: a, username: u, password: '${SECRET}'", { SECRET: 'hush' }),
      store("database: a, token: '${SECRET}'", { SECRET: 'hush' }),
      store('database: a, tokenFile: password'),
    ];
    const logins = stores.map((one) => (one.kind === 'influx' ? one.address.login : null));
    expect(logins.map((login) => login?.kind)).toEqual(['password', 'password', 'token', 'token']);
    for (const login of logins) {
      expect(inspect(login, { depth: 9, showHidden: true }) + JSON.stringify(login)).not.toContain('hush');
      const secret =
        login?.kind === 'password' ? login.password : login?.kind === 'token' ? login.token : null;
      expect(secret?.reveal()).toBe('hush');
    }
  });
});

describe('docs/aiqyn.example.yaml', () => {
  it('is a right config that says what the defaults are', () => {
    const example = loadConfig(join(packageRoot(), 'docs', 'aiqyn.example.yaml'), {
      AIQYN_CONTROL_TOKEN: 'x',
    });
    const defaults = loadConfig(write(''), {});
    for (const key of ['store', 'resolvers', 'http', 'archive', 'spool', 'detector', 'log'] as const) {
      expect({ [key]: example[key] }).toEqual({ [key]: defaults[key] });
    }
  });
});
