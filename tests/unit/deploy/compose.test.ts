/** docker-compose.yml: right by the Compose Specification, closed to the outside, and in line with what it mounts. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { configSchema } from '../../../src/config/config-schema.ts';
import { loadCatalog } from '../../../src/config/catalog-files.ts';
import { composeDocument, readCompose, ROOT } from '../../support/compose.ts';

const specification = z
  .record(z.string(), z.unknown())
  .parse(JSON.parse(readFileSync(join(ROOT, 'tests', 'fixtures', 'compose', 'compose-spec.json'), 'utf8')));
const compose = readCompose();
const services = Object.entries(compose.services).map(([name, service]) => ({ name, service }));
const lasting = services.filter(({ service }) => service.restart !== 'no');

function accepts(document: unknown): boolean {
  const ajv = new Ajv({ strict: false, validateFormats: false });
  return ajv.compile({ ...specification, $schema: 'http://json-schema.org/draft-07/schema#' })(document);
}

describe('docker-compose.yml', () => {
  it('is right by the Compose Specification', () => {
    expect(accepts(composeDocument())).toBe(true);
  });

  it.each([
    ['a key that is misspelt', { services: { a: { image: 'x', comand: [] } } }],
    ['a port that is an object of another shape', { services: { a: { image: 'x', ports: [{ to: 1 }] } } }],
    [
      'a condition that there is not',
      { services: { a: { image: 'x', depends_on: { b: { condition: 'up' } } } } },
    ],
  ])('would not be with %s', (_what, document) => {
    expect(accepts(document)).toBe(false);
  });

  it.each(services)('pins the version of $name', ({ service }) => {
    expect(service.image).toMatch(/:\d+\.\d+\.\d+$/);
  });

  it.each(services)(
    'gives $name no way to more rights, and a root file system that stays as it is',
    ({ service }) => {
      expect(service.cap_drop).toEqual(['ALL']);
      expect(service.security_opt).toContain('no-new-privileges:true');
      expect(service.read_only).toBe(true);
      expect(service.privileged).toBe(false);
    },
  );

  it.each(lasting)('runs $name as somebody else than root', ({ service }) => {
    expect(service.user).toMatch(/^[1-9]\d*:\d+$/);
  });

  it.each(lasting)('watches the health of $name and starts it again', ({ service }) => {
    expect(service.healthcheck?.test[0]).toBe('CMD');
    expect(service.restart).toBe('unless-stopped');
  });

  it.each(services)('opens $name to this server alone', ({ service }) => {
    for (const port of service.ports) expect(port).toMatch(/^127\.0\.0\.1:/);
  });

  it.each(services)('has everything that $name asks for', ({ service }) => {
    for (const secret of service.secrets) expect(Object.keys(compose.secrets)).toContain(secret);
    for (const other of Object.keys(service.depends_on))
      expect(Object.keys(compose.services)).toContain(other);
    for (const volume of service.volumes) {
      const [source = ''] = volume.split(':');
      if (source.startsWith('.')) expect(existsSync(join(ROOT, source)), source).toBe(true);
      else expect(Object.keys(compose.volumes)).toContain(source);
    }
  });

  it('has no password in it: each is a file, which git does not take', () => {
    const text = readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8');
    for (const line of text.split('\n').filter((each) => /PASSWORD|TOKEN/.test(each)))
      expect(line).toMatch(/\/run\/secrets\/|export /);
    for (const { file } of Object.values(compose.secrets)) expect(file).toMatch(/^\.\/deploy\/secrets\//);
    expect(readFileSync(join(ROOT, '.gitignore'), 'utf8')).toContain('deploy/secrets/');
    expect(readFileSync(join(ROOT, '.dockerignore'), 'utf8')).toContain('deploy/secrets');
  });

  it('gives Grafana every variable and secret that its provisioning asks for', () => {
    const grafana = compose.services['grafana'];
    const folder = join(ROOT, 'dashboards', 'generated', 'provisioning');
    const files = [
      'datasources/password/influxdb',
      'datasources/token/influxdb',
      'contact-points/email',
      'contact-points/telegram',
      'contact-points/webhook',
    ];
    const text = files.map((file) => readFileSync(join(folder, `${file}.yaml`), 'utf8')).join('\n');
    for (const [, name = ''] of text.matchAll(/\$(AIQYN_\w+)/g))
      expect(Object.keys(grafana?.environment ?? {})).toContain(name);
    for (const [, name = ''] of text.matchAll(/\/run\/secrets\/(\w+)/g))
      expect(grafana?.secrets).toContain(name);
  });

  it.each([
    [{ AIQYN_ALERTS: 'telegram' }, 'contact-points/telegram.yaml'],
    [{ AIQYN_ALERTS: 'webhook' }, 'contact-points/webhook.yaml'],
    [{ AIQYN_INFLUX_LOGIN: 'token' }, 'datasources/token'],
  ])('mounts what %o chooses', (env, path) => {
    const mounted =
      readCompose(env).services['grafana']?.volumes.map((volume) => volume.split(':')[0] ?? '') ?? [];
    const chosen = mounted.find((source) => source.endsWith(path));
    expect(chosen).toBeDefined();
    expect(existsSync(join(ROOT, chosen ?? ''))).toBe(true);
  });

  it('names every variable in deploy/env.example, with its default', () => {
    const text = readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8');
    const used = new Map(
      [...text.matchAll(/\$\{(\w+):-([^}]*)\}/g)].map(([, name = '', value = '']) => [name, value]),
    );
    const example = readFileSync(join(ROOT, 'deploy', 'env.example'), 'utf8');
    const shown = new Map(
      [...example.matchAll(/^(\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]),
    );
    expect([...shown].toSorted()).toEqual([...used].toSorted());
  });

  it.each(['aiqyn.yaml', 'aiqyn-series.yaml'])('starts the monitor with %s, which it accepts', (file) => {
    const config: unknown = parse(readFileSync(join(ROOT, 'deploy', file), 'utf8'));
    expect(configSchema(loadCatalog()).safeParse(config).error).toBeUndefined();
  });
});
