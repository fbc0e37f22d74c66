import { describe, expect, it } from 'vitest';
import { keeper } from '../../../src/cli/backfill-keeping.ts';
import type { JournalEntry } from '../../../src/sources/ooni/backfill-journal.ts';

function anEntry(key: string): JournalEntry {
  return { source: 's', key, stamp: '1', measurements: 1, skipped: 0, fromMs: null, toMs: null };
}

/** A store that finishes when it is told to, and what was noted. */
function world() {
  const noted: string[] = [];
  const writes: { finish: () => void; fail: (error: Error) => void }[] = [];
  const keep = keeper(
    {
      store: async () =>
        new Promise((resolve, reject) => {
          writes.push({ finish: resolve, fail: reject });
        }),
    },
    {
      add: async (entries) => {
        noted.push(...entries.map(({ key }) => key));
        return Promise.resolve();
      },
    },
  );
  return { keep, noted, writes };
}

describe('keeper(importer, journal)', () => {
  it('lets the next be read while the first is written, and notes it only then', async () => {
    const { keep, noted, writes } = world();
    await keep.begin([anEntry('a')]);
    expect(noted).toEqual([]);
    writes[0]?.finish();
    await keep.end();
    expect(noted).toEqual(['a']);
  });

  it('begins a second only when the first is durable and noted', async () => {
    const { keep, noted, writes } = world();
    await keep.begin([anEntry('a')]);
    const second = keep.begin([anEntry('b')]);
    await Promise.resolve();
    expect(writes).toHaveLength(1);
    writes[0]?.finish();
    await second;
    expect([noted, writes.length]).toEqual([['a'], 2]);
  });

  it('notes nothing of what failed, and says so at the next', async () => {
    const { keep, noted, writes } = world();
    await keep.begin([anEntry('a')]);
    writes[0]?.fail(new Error('disk full'));
    await expect(keep.begin([anEntry('b')])).rejects.toThrow('disk full');
    await expect(keep.end()).rejects.toThrow('disk full');
    expect(noted).toEqual([]);
  });
});
