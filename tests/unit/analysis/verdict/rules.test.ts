import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { describe, expect, it } from 'vitest';
import { RULES } from '../../../../src/analysis/verdict/rules.ts';
import { rulesTable } from '../../../support/rules-table.ts';

describe('RULES', () => {
  it('have ids of their own', () => {
    expect(new Set(RULES.map((rule) => rule.id)).size).toBe(RULES.length);
  });
  it('are those of docs/verdicts.md', async () => {
    const path = fileURLToPath(new URL('../../../../docs/verdicts.md', import.meta.url));
    const table = await format(rulesTable(), { ...(await resolveConfig(path)), parser: 'markdown' });
    await expect(table).toMatchFileSnapshot(path);
  });
});
