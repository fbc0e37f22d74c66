/** Every story in this folder through judge, detector and correlator: it must be told as its `expect` says. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { interceptorCertificates } from '../../src/cli/commands/replay.ts';
import { loadCatalog } from '../../src/config/catalog-files.ts';
import { buildKnowledge } from '../../src/config/knowledge.ts';
import { associateScenario } from '../../src/scenario/associations.ts';
import { mismatchesOf } from '../../src/scenario/expect.ts';
import { parseScenario } from '../../src/scenario/parse.ts';
import { replay } from '../../src/scenario/replay.ts';

const folder = import.meta.dirname;
const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'));
const catalog = loadCatalog();

describe('replay of a scenario', () => {
  it('finds the stories', () => {
    expect(files.length).toBeGreaterThanOrEqual(6);
  });

  it.each(files)('tells %s as it happened', { timeout: 300_000 }, async (file) => {
    const scenario = parseScenario(readFileSync(join(folder, file), 'utf8'), file);
    const result = replay({
      scenario,
      knowledge: buildKnowledge(catalog),
      certificates: await interceptorCertificates(catalog),
      associate: associateScenario,
    });
    expect(mismatchesOf(scenario, result.incidents, result.associations)).toEqual([]);
  });
});
