import { describe, expect, it } from 'vitest';
import { loadQuic, QuicUnavailableError } from '../../../probes/net/load-quic.ts';
import { loadPlan, loadCatalog, plannedTargets } from '../../../src/config/catalog-files.ts';
import { requireQuic, withoutUnavailable } from '../../../src/cli/quic-library.ts';

const targets = plannedTargets(loadPlan('quic'), loadCatalog());

function unavailable(): ReturnType<typeof loadQuic> {
  return Promise.reject(new QuicUnavailableError('QUIC cannot be measured here: no build for this machine'));
}

function broken(): ReturnType<typeof loadQuic> {
  return Promise.reject(new RangeError('a mistake of ours'));
}

describe('requireQuic', () => {
  it('is content where the library loads', async () => {
    await expect(requireQuic()).resolves.toBeUndefined();
  });

  it('says which machines have a build where this one has none', async () => {
    await expect(requireQuic(unavailable)).rejects.toMatchObject({
      name: 'EnvironmentError',
      code: 'QUIC_UNAVAILABLE',
      message: 'QUIC cannot be measured here: no build for this machine',
    });
  });

  it('hides no mistake of ours', async () => {
    await expect(requireQuic(broken)).rejects.toThrow(RangeError);
  });
});

describe('withoutUnavailable', () => {
  function logged() {
    const lines: string[] = [];
    return { lines, log: { warn: (_: object, text: string) => lines.push(text) } };
  }

  it('leaves the targets as they are where the library loads', async () => {
    const { lines, log } = logged();
    expect(await withoutUnavailable(targets, log)).toBe(targets);
    expect(lines).toEqual([]);
  });

  it('goes on without QUIC where it does not, and says so once', async () => {
    const { lines, log } = logged();
    const left = await withoutUnavailable(targets, log, unavailable);
    expect(left.some(({ probe }) => probe === 'quic')).toBe(false);
    expect(left).toHaveLength(targets.length - 3);
    expect(lines).toEqual([expect.stringContaining("the plan's QUIC targets are left out")]);
  });

  it('does not even try to load it for a plan that measures no QUIC', async () => {
    const { lines, log } = logged();
    const others = targets.filter(({ probe }) => probe !== 'quic');
    expect(await withoutUnavailable(others, log, broken)).toBe(others);
    expect(lines).toEqual([]);
  });
});
