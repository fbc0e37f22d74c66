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
    { args: ['edit', 'nothing', '--notes', 'x'], says: 'there is no event "nothing"' },
    { args: ['remove', 'nothing'], says: 'there is no event "nothing"' },
  ])('$args ends with 2 and says why', async ({ args, says }) => {
    await withTemporaryFolder(async (dataDir) => {
      const answer = await runCli(['events', ...args, '--data-dir', dataDir]);
      expect([answer.code, answer.stdout]).toEqual([2, '']);
      expect(answer.stderr).toContain(says);
    });
  });
});

describe('aiqyn import', () => {
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
