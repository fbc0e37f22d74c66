/** Where OONI's archive keeps what, how it lists it, and how it is asked. */
import { mkdtemp, readFile, rm, writeFile, appendFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GetAnswer, GetRequest } from '../../../../probes/net/get.ts';
import { ArchiveClient, TRIES_MAX } from '../../../../src/sources/ooni/archive-client.ts';
import {
  dayOf,
  dayStartMs,
  isWanted,
  placeOf,
  questionsOf,
} from '../../../../src/sources/ooni/archive-layout.ts';
import { readListing } from '../../../../src/sources/ooni/archive-listing.ts';
import { openBackfillJournal } from '../../../../src/sources/ooni/backfill-journal.ts';

const OLD = 'jsonl/webconnectivity/KZ/20180313/00/20180313_KZ_webconnectivity.n0.0.jsonl.gz';
const NEW = 'raw/20231110/09/KZ/whatsapp/2023111009_KZ_whatsapp.n1.0.jsonl.gz';
const WANTED = {
  firstDay: '20180301',
  lastDay: '20180331',
  country: 'KZ',
  tests: ['webconnectivity', 'whatsapp'],
};

describe('the layout', () => {
  it.each([
    { key: OLD, place: { day: '20180313', country: 'KZ', test: 'webconnectivity' } },
    { key: NEW, place: { day: '20231110', country: 'KZ', test: 'whatsapp' } },
    { key: `mirror/of/it/${NEW}`, place: { day: '20231110', country: 'KZ', test: 'whatsapp' } },
    { key: NEW.replace('.jsonl.gz', '.tar.gz'), place: null },
    { key: 'raw/20231110/09/KZ/whatsapp/', place: null },
    { key: 'xraw/20231110/09/KZ/whatsapp/a.jsonl.gz', place: null },
    { key: 'ip2country-as/20231110.mmdb', place: null },
  ])('$key', ({ key, place }) => {
    expect(placeOf(key)).toEqual(place);
  });

  it('wants the country, the tests and the days, both ends included', () => {
    const place = { day: '20180301', country: 'KZ', test: 'whatsapp' };
    expect(isWanted(place, WANTED)).toBe(true);
    expect(isWanted({ ...place, day: '20180331' }, WANTED)).toBe(true);
    expect(isWanted({ ...place, day: '20180401' }, WANTED)).toBe(false);
    expect(isWanted({ ...place, country: 'IT' }, WANTED)).toBe(false);
    expect(isWanted({ ...place, test: 'ndt' }, WANTED)).toBe(false);
  });

  it('asks once for each test in the older layout, and for each hour in the newer', () => {
    expect([...questionsOf(WANTED)]).toEqual([
      { prefix: 'jsonl/webconnectivity/KZ/', startAfter: 'jsonl/webconnectivity/KZ/20180301' },
      { prefix: 'jsonl/whatsapp/KZ/', startAfter: 'jsonl/whatsapp/KZ/20180301' },
    ]);
    const newer = [...questionsOf({ ...WANTED, firstDay: '20231109', lastDay: '20231110' })];
    expect(newer).toHaveLength(48);
    expect(newer[9]).toEqual({ prefix: 'raw/20231109/09/KZ/', startAfter: null });
    const both = [...questionsOf({ ...WANTED, firstDay: '20201019', lastDay: '20201021' })];
    expect(both.filter(({ prefix }) => prefix.startsWith('jsonl/'))).toHaveLength(2);
    expect(both.filter(({ prefix }) => prefix.startsWith('raw/'))).toHaveLength(48);
  });

  it('names every day so that its start is found again', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 30_000 }), (day) => {
        expect(dayStartMs(dayOf(day * 86_400_000))).toBe(day * 86_400_000);
      }),
    );
  });
});

function listing(inner: string): string {
  return `<?xml version="1.0"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${inner}</ListBucketResult>`;
}
function item(key: string, size: number | string = 5): string {
  return `<Contents><Key>${key}</Key><ETag>&quot;e-${size}&quot;</ETag><Size>${size}</Size></Contents>`;
}

describe('a page of the listing', () => {
  it('has objects, and the token of the next page where it goes on', () => {
    const text = listing(
      `<IsTruncated>true</IsTruncated><NextContinuationToken>1a&amp;b==</NextContinuationToken>${item('a&amp;b&#x2f;c&#47;d')}`,
    );
    expect(readListing(text)).toEqual({
      page: { objects: [{ key: 'a&b/c/d', bytes: 5, stamp: '"e-5"' }], next: '1a&b==' },
    });
    expect(readListing(listing('<IsTruncated>false</IsTruncated>'))).toEqual({
      page: { objects: [], next: null },
    });
  });

  it.each([
    { text: '<html>Sign in</html>', what: 'no whole ListBucketResult' },
    { text: listing('<IsTruncated>false</IsTruncated>').slice(0, -5), what: 'no whole ListBucketResult' },
    { text: listing(item('a')), what: 'IsTruncated' },
    { text: listing('<IsTruncated>true</IsTruncated>'), what: 'NextContinuationToken' },
    { text: listing(`<IsTruncated>false</IsTruncated>${item('a', 'many')}`), what: 'Key and Size' },
    { text: '', what: 'no whole ListBucketResult' },
  ])('says what is missing: $what', ({ text, what }) => {
    const read = readListing(text);
    expect(read.page === null ? read.what : 'a page').toContain(what);
  });

  it('never throws, whatever it is given', () => {
    fc.assert(
      fc.property(fc.string(), (inner) => {
        expect(readListing(listing(inner))).toHaveProperty('page');
      }),
    );
  });
});

type Scripted = Partial<GetAnswer> & { readonly body?: string };

function clientOf(script: (url: string, number: number) => Scripted) {
  const asked: string[] = [];
  const pausesMs: number[] = [];
  let nowMs = 0;
  async function get({ url, onBytes }: GetRequest): Promise<GetAnswer> {
    asked.push(url);
    const { body = '', ...answer } = script(url, asked.length);
    const whole = { failure: null, status: 200, retryAfterSeconds: null, ...answer };
    if (whole.status === 200) await onBytes(Buffer.from(body));
    return whole;
  }
  const clock = {
    nowMs: () => nowMs,
    monotonicMs: () => nowMs,
    sleep: async (delayMs: number) => {
      pausesMs.push(delayMs);
      nowMs += delayMs;
      return Promise.resolve();
    },
  };
  const { signal } = new AbortController();
  const url = 'http://archive.test';
  const client = new ArchiveClient({ url, get, clock, random: () => 1, perSecond: 1_000, signal });
  return { client, asked, pausesMs: () => pausesMs.filter((each) => each >= 500) };
}

async function listed(client: ArchiveClient): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of client.list({ ...WANTED, tests: ['webconnectivity'] })) keys.push(key);
  return keys;
}

const LAST_PAGE = listing(`<IsTruncated>false</IsTruncated>${item(OLD)}`);

describe('the client', () => {
  it('follows the pages, and goes no further than the last day', async () => {
    const later = OLD.replaceAll('20180313', '20180401');
    const more = '<IsTruncated>true</IsTruncated>';
    const { client, asked } = clientOf((_url, number) => ({
      body: listing(
        number === 1
          ? `${more}<NextContinuationToken>t 1</NextContinuationToken>${item(OLD)}`
          : `${more}<NextContinuationToken>t 2</NextContinuationToken>${item(later)}`,
      ),
    }));
    expect(await listed(client)).toEqual([OLD]);
    expect(asked).toHaveLength(2);
    expect(asked[0]).toContain('start-after=jsonl%2Fwebconnectivity%2FKZ%2F20180301');
    expect(asked[1]).toContain('continuation-token=t+1');
  });

  it('is told of a listing that goes in a circle', async () => {
    const { client } = clientOf(() => ({
      body: listing('<IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>'),
    }));
    await expect(listed(client)).rejects.toThrow('circle');
  });

  it('waits as long as the server asks', async () => {
    const { client, pausesMs } = clientOf((_url, number) =>
      number < 3 ? { status: 429, retryAfterSeconds: 7 } : { body: LAST_PAGE },
    );
    expect(await listed(client)).toEqual([OLD]);
    expect(pausesMs()).toEqual([7_000, 7_000]);
  });

  it('waits longer each time where the server does not say how long, and gives up', async () => {
    const { client, asked, pausesMs } = clientOf(() => ({ status: 503 }));
    await expect(listed(client)).rejects.toThrow('cannot be listed (HTTP 503)');
    expect(asked).toHaveLength(TRIES_MAX);
    expect(pausesMs()).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000]);
  });

  it('does not wait for a pause that is longer than its bound', async () => {
    const { client, asked } = clientOf(() => ({ status: 503, retryAfterSeconds: 86_400 }));
    await expect(listed(client)).rejects.toThrow('HTTP 503');
    expect(asked).toHaveLength(1);
  });

  it('gives up sooner on who never answered, and at once where no try would help', async () => {
    const stranger = clientOf(() => ({ failure: 'connection_refused', status: 0 }));
    await expect(listed(stranger.client)).rejects.toThrow('connection_refused');
    expect(stranger.asked).toHaveLength(3);
    const gone = clientOf(() => ({ status: 403 }));
    await expect(listed(gone.client)).rejects.toThrow('HTTP 403');
    expect(gone.asked).toHaveLength(1);
  });

  it('begins a file anew at each try', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'aiqyn-archive-'));
    const { client } = clientOf((_url, number) =>
      number === 1 ? { body: 'a long beginning', failure: 'connection_reset' } : { body: 'whole' },
    );
    const file = join(folder, 'one.gz');
    expect(await client.download({ key: 'a b/c' }, file)).toBeNull();
    expect(await readFile(file, 'utf8')).toBe('whole');
    await rm(folder, { recursive: true });
  });
});

describe('the journal', () => {
  const entry = { source: 's', key: OLD, stamp: 'e', measurements: 3, skipped: 0, fromMs: 1, toMs: 2 };

  it('remembers what was done, of this very content and source', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'aiqyn-journal-'));
    const file = join(folder, 'journal.jsonl');
    const first = await openBackfillJournal(file);
    await first.add([entry]);
    await first.close();
    const second = await openBackfillJournal(file);
    expect(second.find('s', OLD, 'e')).toEqual(entry);
    expect(second.find('s', OLD, 'another')).toBeUndefined();
    expect(second.find('elsewhere', OLD, 'e')).toBeUndefined();
    await second.close();
    await rm(folder, { recursive: true });
  });

  it('takes a line that a kill cut short for not written, and what comes after it for written', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'aiqyn-journal-'));
    const file = join(folder, 'journal.jsonl');
    await writeFile(file, `${JSON.stringify(entry)}\n`);
    await appendFile(file, JSON.stringify({ ...entry, key: NEW }).slice(0, -4));
    const journal = await openBackfillJournal(file);
    expect(journal.find('s', NEW, 'e')).toBeUndefined();
    await journal.add([{ ...entry, key: NEW }]);
    await journal.close();
    const again = await openBackfillJournal(file);
    expect([again.find('s', OLD, 'e'), again.find('s', NEW, 'e')?.key]).toEqual([entry, NEW]);
    await again.close();
    await rm(folder, { recursive: true });
  });
});
