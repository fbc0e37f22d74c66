/** `aiqyn events` and `aiqyn import`, as a user runs them. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { runCli, withTemporaryFolder } from '../../support/cli.ts';
import { sharedPath } from '../../support/shared.ts';

const List = z.object({
  events: z.array(z.object({ id: z.string(), kind: z.string(), start: z.string(), origin: z.string() })),
});

async function list(dataDir: string) {
  const { code, stdout } = await runCli(['events', 'list', '--json', '--data-dir', dataDir]);
  expect(code).toBe(0);
  return List.parse(JSON.parse(stdout)).events;
}

describe('aiqyn events', () => {
  it('lists, adds, edits and removes without touching the store', async () => {
    await withTemporaryFolder(async (dataDir) => {
      expect(await list(dataDir)).toHaveLength(92);
      const added = await runCli(
        [
          'events',
          'add',
          '--kind',
          'livestream',
          '--title',
          'A stream',
          '--start',
          '2026-03-01T20:00:00+05:00',
        ].concat([
          '--platform',
          'youtube',
          '--platform',
          'facebook',
          '--place',
          'Алма-Ата',
          '--data-dir',
          dataDir,
        ]),
      );
      expect([added.code, added.stdout]).toEqual([0, '2026-03-01-a-stream\n']);
      const edited = await runCli([
        'events',
        'edit',
        '2018-05-10-rally',
        '--notes',
        'I was there',
        '--data-dir',
        dataDir,
      ]);
      expect(edited.code).toBe(0);
      const removed = await runCli(['events', 'remove', '2018-06-23-rally', '--data-dir', dataDir]);
      expect(removed.code).toBe(0);
      const events = await list(dataDir);
      expect(events).toHaveLength(92);
      const origins = new Map(events.map(({ id, origin }) => [id, origin]));
      expect(origins.get('2026-03-01-a-stream')).toBe('user');
      expect(origins.get('2018-05-10-rally')).toBe('user');
      expect(origins.has('2018-06-23-rally')).toBe(false);
      const text = await readFile(join(dataDir, 'events.yaml'), 'utf8');
      expect(text).toContain('notes: I was there');
      expect(text).toContain('- almaty');
    });
  });

  it.each([
    {
      args: ['add', '--kind', 'rally', '--title', 'x', '--start', 'soon'],
      says: '--start: expected a month',
    },
    {
      args: ['add', '--kind', 'rally', '--id', 'x', '--start', '2026-03-01'],
      says: '--title: give a title, in English',
    },
    { args: ['add', '--kind', 'party', '--title', 'x', '--start', '2026-03-01'], says: 'Allowed choices' },
    {
      args: ['add', '--kind', 'rally', '--id', '2018-05-10-rally', '--title', 'x', '--start', '2026-03-01'],
      says: 'already',
    },
    { args: ['edit', 'nothing', '--notes', 'x'], says: 'there is no event "nothing"; all are listed by' },
    { args: ['edit', '2018-05-10-rally'], says: 'nothing to change in "2018-05-10-rally"' },
    {
      args: ['edit', '2018-05-10-rally', '--end', '2018-05-01'],
      says: '--end: expected an end after the start',
    },
    { args: ['add', '--kind', 'rally', '--title', 'x'], says: '--start: say when it began' },
    {
      args: ['add', '--kind', 'rally', '--title', 'x', '--start', '2026-02-30'],
      says: '--start: expected a month',
    },
    {
      args: ['add', '--kind', 'rally', '--title', 'x', '--start', '2026-03-01T20:00'],
      says: 'an instant with its zone',
    },
    {
      args: ['add', '--kind', 'rally', '--title', 'x', '--start', '2026-03', '--precision', 'day'],
      says: '--start: expected a time that is known to the day',
    },
    {
      args: ['add', '--kind', 'statement', '--title', 'x', '--start', '2026-03', '--who', 'a'],
      says: '--stance: say what it does',
    },
    {
      args: ['add', '--kind', 'statement', '--title', 'x', '--start', '2026-03', '--stance', 'denies'],
      says: '--who: say who said it',
    },
    { args: ['remove', 'nothing'], says: 'there is no event "nothing"' },
  ])('$args ends with 2 and says why', async ({ args, says }) => {
    await withTemporaryFolder(async (dataDir) => {
      const answer = await runCli(['events', ...args, '--data-dir', dataDir]);
      expect([answer.code, answer.stdout]).toEqual([2, '']);
      expect(answer.stderr).toContain(says);
    });
  });
});

describe('aiqyn events, of what is not quite known', () => {
  it('keeps an hour an hour when its start is changed, and lists hours and estimates as such', async () => {
    await withTemporaryFolder(async (dataDir) => {
      const place = ['--data-dir', dataDir];
      const add = ['events', 'add', '--kind', 'rally', '--id', 'mine', '--title', 'x', '--precision', 'hour'];
      expect(
        (await runCli([...add, '--start', '2026-03-01T20:00:00+05:00', '--approximate', ...place])).code,
      ).toBe(0);
      expect(
        (await runCli(['events', 'edit', 'mine', '--start', '2026-03-01T21:00:00+05:00', ...place])).code,
      ).toBe(0);
      const { stdout } = await runCli(['events', 'list', '--kind', 'rally', ...place]);
      expect(stdout).toContain('2026-03-01T21:00:00+05:00  rally       mine (about, to the hour, yours)\n');
      expect(stdout).toMatch(/^2018-05-10 {12}rally {7}2018-05-10-rally$/m);
    });
  });
  it('keeps a platform and a place that nobody knows, and says so beside the answer', async () => {
    await withTemporaryFolder(async (dataDir) => {
      const add = ['events', 'add', '--kind', 'rally', '--title', 'x', '--start', '2026-03-01'];
      const answer = await runCli([
        ...add,
        '--platform',
        'youtub',
        '--place',
        'Almatyy',
        '--data-dir',
        dataDir,
      ]);
      expect([answer.code, answer.stdout]).toEqual([0, '2026-03-01-x\n']);
      expect(answer.stderr).toContain('not measured here: youtub. Measured are: youtube,');
      expect(answer.stderr).toContain('not in the catalogue of places: Almatyy.');
    });
  });
  it('takes a statement with what it speaks of', async () => {
    await withTemporaryFolder(async (dataDir) => {
      const add = [
        'events',
        'add',
        '--kind',
        'statement',
        '--id',
        'said',
        '--title',
        'x',
        '--start',
        '2026-03',
      ];
      const claim = [
        '--stance',
        'denies',
        '--who',
        'The ministry',
        '--said',
        'No',
        '--about-operator',
        'kcell',
      ];
      expect((await runCli([...add, ...claim, '--about-place', 'Aktau', '--data-dir', dataDir])).code).toBe(
        0,
      );
      expect(
        (await runCli(['events', 'edit', 'said', '--stance', 'confirms', '--data-dir', dataDir])).code,
      ).toBe(0);
      const { stdout } = await runCli(['events', 'list', '--json', '--data-dir', dataDir]);
      const { events } = z
        .object({ events: z.array(z.looseObject({ id: z.string() })) })
        .parse(JSON.parse(stdout));
      expect(events.find(({ id }) => id === 'said')).toMatchObject({
        precision: 'month',
        claim: {
          stance: 'confirms',
          who: 'The ministry',
          summary: 'No',
          operators: ['kcell'],
          places: ['Aktau'],
        },
      });
    });
  });
});

describe('aiqyn import', () => {
  it.each([
    { format: 'csv', bytes: [], says: 'is empty' },
    { format: 'yaml', bytes: [], says: 'is empty' },
    { format: 'ics', bytes: [], says: 'is empty' },
    { format: 'stop', bytes: [], says: 'is empty' },
    { format: 'csv', bytes: [0xcf, 0xf0, 0xe8], says: 'is not in UTF-8' },
  ])('$format: a file of the bytes $bytes $says', async ({ format, bytes, says }) => {
    await withTemporaryFolder(async (dataDir) => {
      const file = join(dataDir, 'file');
      await writeFile(file, Uint8Array.from(bytes));
      const answer = await runCli(['import', format, file, '--data-dir', dataDir]);
      expect([answer.code, answer.stdout]).toEqual([2, '']);
      expect(answer.stderr).toContain(`${file}: ${says}`);
    });
  });
  it('takes a file with the mark and the line ends of Windows in', async () => {
    await withTemporaryFolder(async (dataDir) => {
      const [csv, yaml, ics] = ['e.csv', 'e.yaml', 'e.ics'].map((name) => join(dataDir, name));
      await writeFile(csv ?? '', '\uFEFFstart;title\r\n2026-03-01;Митинг\r\n');
      await writeFile(
        yaml ?? '',
        '\uFEFFevents:\r\n  - { id: y, kind: rally, start: 2026-03-02, precision: day, titles: { en: y } }\r\n',
      );
      await writeFile(ics ?? '', `\uFEFF${ICS.join('\r\n')}`);
      expect((await runCli(['import', 'csv', csv ?? '', '--data-dir', dataDir])).code).toBe(0);
      expect((await runCli(['import', 'yaml', yaml ?? '', '--data-dir', dataDir])).code).toBe(0);
      expect((await runCli(['import', 'ics', ics ?? '', '--data-dir', dataDir])).code).toBe(0);
      const own = (await list(dataDir)).filter(({ origin }) => origin === 'user').map(({ id }) => id);
      expect(own).toEqual(['2026-03-01-митинг', 'ics-1-example-org', 'y']);
    });
  });
  it('says that a file is not there', async () => {
    await withTemporaryFolder(async (dataDir) => {
      const answer = await runCli(['import', 'csv', join(dataDir, 'none'), '--data-dir', dataDir]);
      expect(answer.stderr).toContain('none: there is no such file');
    });
  });
  const ICS = [
    ...[
      'BEGIN:VCALENDAR',
      'BEGIN:VEVENT',
      'UID:1@example.org',
      'SUMMARY:A stream',
      'DTSTART:20260301T150000Z',
    ],
    ...['DTEND:20260301T163000Z', 'END:VEVENT', 'END:VCALENDAR'],
  ];
  it('takes an iCalendar file in, twice as once', async () => {
    await withTemporaryFolder(async (dataDir) => {
      const file = join(dataDir, 'streams.ics');
      await writeFile(file, ICS.join('\r\n'));
      const args = ['import', 'ics', file, '--kind', 'livestream', '--data-dir', dataDir, '--json'];
      const first = await runCli(args);
      expect([first.code, JSON.parse(first.stdout)]).toEqual([
        0,
        { imported: ['ics-1-example-org'], remarks: [] },
      ]);
      expect((await runCli(args)).code).toBe(0);
      const events = await list(dataDir);
      expect(events).toHaveLength(93);
      expect(events.at(-1)).toMatchObject({ id: 'ics-1-example-org', kind: 'livestream', origin: 'user' });
    });
  });
  it('takes each occurrence of a repeated event in, and changes nothing the second time', async () => {
    await withTemporaryFolder(async (dataDir) => {
      const file = join(dataDir, 'weekly.ics');
      const rule = ['RRULE:FREQ=WEEKLY;COUNT=4', 'EXDATE:20260308T150000Z'];
      await writeFile(file, [...ICS.slice(0, 5), ...rule, ...ICS.slice(5)].join('\r\n'));
      const args = ['import', 'ics', file, '--kind', 'livestream', '--data-dir', dataDir, '--json'];
      const first = await runCli(args);
      const imported = ['2026-03-01', '2026-03-15', '2026-03-22'].map((day) => `ics-1-example-org-${day}`);
      expect([first.code, JSON.parse(first.stdout)]).toEqual([0, { imported, remarks: [] }]);
      const text = await readFile(join(dataDir, 'events.yaml'), 'utf8');
      expect((await runCli(args)).stdout).toBe(first.stdout);
      expect(await readFile(join(dataDir, 'events.yaml'), 'utf8')).toBe(text);
      expect(await list(dataDir)).toHaveLength(95);
    });
  });
  it('ends with 3 where something was left out, and with 2 for a file of another kind', async () => {
    await withTemporaryFolder(async (dataDir) => {
      const file = join(dataDir, 'events.csv');
      await writeFile(file, 'start,title\n2026-02-30,Bad\n2026-03-01,Good\n');
      const answer = await runCli(['import', 'csv', file, '--data-dir', dataDir]);
      expect([answer.code, answer.stdout]).toEqual([3, `1 event imported from ${file}.\n`]);
      expect(answer.stderr).toContain('Row 2 was left out');
      expect((await runCli(['import', 'ics', file, '--data-dir', dataDir])).code).toBe(2);
      expect((await runCli(['import', 'stop', file, '--data-dir', dataDir])).code).toBe(2);
      expect((await runCli(['import', 'csv', join(dataDir, 'none'), '--data-dir', dataDir])).code).toBe(2);
    });
  });
  const stop = sharedPath('facts', 'STOP_kazakhstan_2016-2025.json');
  it.skipIf(stop === null)('takes the real STOP list in', async () => {
    await withTemporaryFolder(async (dataDir) => {
      const answer = await runCli(['import', 'stop', stop ?? '', '--data-dir', dataDir]);
      expect(answer.code).toBe(0);
      expect(await list(dataDir)).toHaveLength(101);
    });
  });
});
