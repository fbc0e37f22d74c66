/** Every rule of `aiqyn.yaml` has a bad file in tests/fixtures/config/ and the words that an operator reads. */
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../../src/errors.ts';
import { loadConfig } from '../../../src/config/config.ts';
import { loadPlan } from '../../../src/config/catalog-files.ts';
import { BAD_CONFIGS as BAD } from '../../support/bad-configs.ts';

const folder = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'fixtures', 'config');

function messageOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return error instanceof Error ? error.message.replaceAll(`${folder}/`, '') : '';
  }
  throw new Error('it was taken for right');
}

describe('a wrong aiqyn.yaml', () => {
  it.each(BAD)('%s is refused with its place and what was expected', (file, message) => {
    const found = messageOf(() => loadConfig(join(folder, file), {}));
    const separator = /^\d/.test(message) ? ':' : ': ';
    expect(found).toBe(`${file}${separator}${message}`);
  });

  it('has a line in this table for each bad file', () => {
    const others = ['twelve-problems.yaml', 'plan-cron.yaml', 'admin-token-short.yaml'];
    const files = readdirSync(folder).filter((file) => !others.includes(file));
    expect(files.sort()).toEqual(BAD.map(([file]) => file).sort());
  });

  it('lists all problems at once, ten of them in full', () => {
    const lines = messageOf(() => loadConfig(join(folder, 'twelve-problems.yaml'), {})).split('\n');
    expect(lines[0]).toBe('twelve-problems.yaml: 12 problems');
    expect(lines).toHaveLength(12);
    expect(lines[1]).toMatch(/^ {2}twelve-problems\.yaml:1:1 wrongaakey: unknown key/);
    expect(lines[11]).toBe('  … and 2 more');
  });

  it('is refused with a token that could be tried out', () => {
    expect(messageOf(() => loadConfig(join(folder, 'admin-token-short.yaml'), {}))).toContain(
      'admin.token: has fewer than 32 characters; make one with: openssl rand -base64 33',
    );
  });

  it('is missing where its path was given', () => {
    expect(messageOf(() => loadConfig('/nowhere/aiqyn.yaml', {}))).toBe(
      '/nowhere/aiqyn.yaml: there is no such file',
    );
  });
});

describe('a wrong plan', () => {
  it('is refused with each cron expression that the scheduler would not take', () => {
    const message = messageOf(() => loadPlan(join(folder, 'plan-cron.yaml')));
    expect(message).toContain(
      'light.cron: found "99 * * * *", expected a cron expression with fields in range',
    );
    expect(message).toContain('full.cron: found "hourly", expected a cron expression of five or six fields');
  });

  it('is not there', () => {
    expect(messageOf(() => loadPlan('defualt'))).toBe(
      'plan: there is no plan "defualt", did you mean "default"? Known are default, light-mobile, press, quic; or give a path such as ./my-plan.yaml',
    );
    expect(messageOf(() => loadPlan('/nowhere/plan.yaml'))).toMatch(/^\/nowhere\/plan\.yaml: cannot be read/);
  });
});
