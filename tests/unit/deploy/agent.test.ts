/** What a vantage's machine is given: the service, closed as far as Node allows, and the image. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { configSchema } from '../../../src/config/config-schema.ts';
import { loadCatalog } from '../../../src/config/catalog-files.ts';
import { parseYaml } from '../../../src/config/yaml.ts';
import { ROOT } from '../../support/compose.ts';
import { serviceCommand } from '../../support/service.ts';

const ANALYZE = serviceCommand('systemd-analyze', 'Debian package systemd');
const unit = readFileSync(join(ROOT, 'deploy', 'aiqyn-agent.service'), 'utf8');
const guide = readFileSync(join(ROOT, 'docs', 'run-a-vantage.md'), 'utf8');

/** Values of a key, in order. */
function valuesOf(key: string): string[] {
  return unit
    .split('\n')
    .filter((line) => line.startsWith(`${key}=`))
    .map((line) => line.slice(key.length + 1));
}

describe('deploy/aiqyn-agent.service', () => {
  it.each([
    ['User', ['aiqyn']],
    ['Restart', ['always']],
    ['StateDirectory', ['aiqyn']],
    ['StateDirectoryMode', ['0700']],
    ['UMask', ['0077']],
    ['MemoryMax', ['256M']],
    ['NoNewPrivileges', ['yes']],
    ['CapabilityBoundingSet', ['']],
    ['ProtectSystem', ['strict']],
    ['ProtectHome', ['yes']],
    ['PrivateDevices', ['yes']],
    ['RestrictAddressFamilies', ['AF_INET AF_INET6 AF_UNIX AF_NETLINK']],
    ['SystemCallFilter', ['@system-service', '~@privileged']],
  ])('has %s as %j', (key, values) => {
    expect(valuesOf(key)).toEqual(values);
  });

  it.skipIf(ANALYZE === null)('is what systemd understands', () => {
    const folder = mkdtempSync(join(tmpdir(), 'aiqyn-unit-'));
    try {
      // The program that it starts need not be installed here.
      const file = join(folder, 'aiqyn-agent.service');
      writeFileSync(file, unit.replaceAll('/usr/local/bin/aiqyn', process.execPath));
      expect(execFileSync(ANALYZE ?? '', ['verify', file], { encoding: 'utf8', stdio: 'pipe' })).toBe('');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('starts a command with options that there are, on the paths of the guide', () => {
    expect(valuesOf('ExecStart')).toEqual([
      '/usr/local/bin/aiqyn agent --config /etc/aiqyn/aiqyn.yaml --data-dir /var/lib/aiqyn',
    ]);
    for (const path of ['/usr/local/bin/aiqyn', '/etc/aiqyn/aiqyn.yaml', '/var/lib/aiqyn'])
      expect(guide).toContain(path);
  });
});

describe('the image of the agent', () => {
  const stages = readFileSync(join(ROOT, 'Dockerfile'), 'utf8')
    .split(/^FROM /m)
    .slice(1);
  const agent = stages.find((stage) => / AS agent$/m.test(stage)) ?? '';

  it('has the one file, no libraries, no shell’s rights, and is not what is built by default', () => {
    expect(agent).toContain('/aiqyn/dist/agent/aiqyn-agent.mjs /usr/local/lib/aiqyn/aiqyn.mjs');
    expect(agent).not.toContain('node_modules');
    expect(agent).toMatch(/^USER node$/m);
    expect(stages.at(-1)).not.toBe(agent);
  });
});

describe('docs/run-a-vantage.md', () => {
  const snippets = [...guide.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = '']) => text);

  it.each(snippets)('has a configuration that is taken as it stands: %#', (text) => {
    expect(() => parseYaml(configSchema(loadCatalog()), text, 'run-a-vantage.md')).not.toThrow();
  });

  it('names files of deploy/ that are there', () => {
    for (const name of ['aiqyn-agent.service', 'line-routes.sh']) {
      expect(guide).toContain(`deploy/${name}`);
      expect(existsSync(join(ROOT, 'deploy', name))).toBe(true);
    }
  });
});
