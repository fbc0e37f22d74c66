import { describe, expect, it } from 'vitest';
import { checkPathTool } from '../../../src/cli/doctor/machine.ts';

describe('aiqyn doctor on paths', () => {
  it.each([
    [{ tool: 'traceroute', method: 'tcp' }, 'ok', 'traceroute follows packets by TCP'],
    [{ tool: 'mtr', method: 'udp' }, 'ok', 'mtr follows packets by UDP; by TCP it needs more rights'],
    [null, 'warn', 'neither traceroute nor mtr is here'],
  ] as const)('says of %j: %s', async (found, result, says) => {
    const tool = found === null ? null : { ...found, trace: async () => Promise.resolve(null) };
    const check = await checkPathTool(async () => Promise.resolve(tool));
    expect(check).toMatchObject({ result, name: 'Paths' });
    expect(check.finding).toContain(says);
  });
});
