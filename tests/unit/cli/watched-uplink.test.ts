import { describe, expect, it } from 'vitest';
import type { Uplink, VantageState } from '../../../src/agent/spool.ts';
import type { CarriedIntake } from '../../../src/collector/ingest.ts';
import { watchUplink } from '../../../src/cli/watched-uplink.ts';
import { EnvironmentError } from '../../../src/errors.ts';

const state: VantageState = {
  vantage: { id: 'ala-kcell', operator: 'AS29355', place: 'almaty', access: 'mobile' },
  atMs: 0,
  connectivity: 'online',
  spoolDepth: 0,
  clockOffsetMs: 0,
};

describe('watchUplink(uplink)', () => {
  it('says why a batch was refused until one is taken again, and still rejects so that the spool keeps it', async () => {
    let error: Error | null = new EnvironmentError('DISK_FULL', 'The disk is full: free some space.');
    const inner: Uplink & CarriedIntake = {
      async deliver() {
        if (error !== null) throw error;
      },
      async take() {
        if (error !== null) throw error;
        return { stored: 0, repeated: 0 };
      },
    };
    const watched = watchUplink(inner, async (takeIn) => takeIn());
    await expect(watched.deliver([], state)).rejects.toThrow('The disk is full');
    await expect(watched.take([], state)).rejects.toThrow('The disk is full');
    expect(watched.problems()).toEqual(['The disk is full: free some space.']);
    error = null;
    await watched.deliver([], state);
    expect(watched.problems()).toEqual([]);
  });
});
