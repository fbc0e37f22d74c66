/** Lists of events from outside. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadCatalog } from '../../../src/config/catalog-files.ts';
import { importCsv, parseCsv } from '../../../src/events/imports/csv.ts';
import { decodeText } from '../../../src/events/imports/from.ts';
import { importStop } from '../../../src/events/imports/stop.ts';
import { createPlaceBook } from '../../../src/events/places.ts';
import { sharedPath } from '../../support/shared.ts';

const book = createPlaceBook(loadCatalog().places);

describe('CSV', () => {
  it('keeps commas, quotes and line ends inside quotes', () => {
    expect(parseCsv('a,b\r\n"1, one","say ""hi""\nthere"\n\n3,\n', ',')).toEqual([
      ['a', 'b'],
      ['1, one', 'say "hi"\nthere'],
      [''],
      ['3', ''],
      [],
    ]);
    expect(parseCsv('a,"b', ',')).toBeNull();
  });
  it('reads times with the precision they are written in, and lists by semicolon', () => {
    const text = [
      'kind,start,end,title,places,platforms,stance,who,said',
      'livestream,2026-03-01T15:00:00Z,2026-03-01T16:30:00Z,A stream,,youtube; facebook,,,',
      'statement,2026-03,?,A denial,Алматы,,denies,The minister,"No, nothing"',
    ].join('\n');
    const answer = importCsv(text, 'other', book);
    expect(answer).toMatchObject({
      remarks: [],
      facts: [
        {
          id: '2026-03-01-a-stream',
          kind: 'livestream',
          precision: 'minute',
          platforms: ['youtube', 'facebook'],
        },
        {
          precision: 'month',
          end: null,
          places: ['almaty'],
          claim: { stance: 'denies', who: 'The minister', summary: 'No, nothing' },
        },
      ],
    });
  });
  it('says which row is wrong and takes the others', () => {
    const answer = importCsv('start,title\n2026-02-30,Bad\n2026-03-01,Good\n2026-03-01,Good', 'rally', book);
    expect(answer).toMatchObject({ facts: [{ id: '2026-03-01-good' }, { id: '2026-03-01-good-2' }] });
    expect(answer).toHaveProperty('remarks.0', expect.stringContaining('Row 2 was left out (start'));
  });
  it.each([
    {
      says: 'Excel with semicolons',
      text: 'start;title;platforms\r\n2026-03-01;A; youtube, vk\r\n2026-03-02;"B;b";"youtube;vk"\r\n',
    },
    {
      says: 'Excel with its line for the separator',
      text: 'sep=;\r\nstart;title;platforms\r\n2026-03-01;A;"youtube;vk"\r\n2026-03-02;"B;b";"youtube,vk"',
    },
    {
      says: 'tabs',
      text: 'start\ttitle\tplatforms\n2026-03-01\tA\tyoutube;vk\n2026-03-02\tB;b\tyoutube;vk\n',
    },
    { says: 'commas', text: 'start,title,platforms\n2026-03-01,A,youtube;vk\n2026-03-02,B;b,"youtube,vk"\n' },
    {
      says: 'line ends of old Macs',
      text: 'start,title,platforms\r2026-03-01,A,youtube;vk\r2026-03-02,B;b,"youtube,vk"\r',
    },
  ])('reads what $says wrote', ({ text }) => {
    expect(importCsv(text, 'other', book)).toMatchObject({
      remarks: [],
      facts: [
        { id: '2026-03-01-a', titles: { en: 'A' }, platforms: ['youtube', 'vk'] },
        { id: '2026-03-02-b-b', titles: { en: 'B;b' }, platforms: ['youtube', 'vk'] },
      ],
    });
  });
  it('counts rows as a table program does, and leaves out a row with more cells than columns', () => {
    const text =
      'start,title\n\n2026-03-01,Long, and longer\n2026-03-02,Good,\n2026-03-03,"Two\nlines"\nsoon,Bad\n';
    expect(importCsv(text, 'other', book)).toMatchObject({
      facts: [{ id: '2026-03-02-good' }, { id: '2026-03-03-two-lines' }],
      remarks: [
        'Row 3 was left out (3 cells for 2 columns; text that holds a separator must stand in quotes).',
        expect.stringContaining('Row 6 was left out (start: '),
      ],
    });
  });
  it.each([
    {
      row: '2026-03-01T20:00,No zone',
      why: 'start: a month (2018-03), a day (2018-03-13) or an instant with its zone (2018-03-13T18:00:00Z)',
    },
    { row: '2026-03-01,', why: 'titles: a title' },
    {
      row: '01.03.2026,Dots',
      why: 'start: a month (2018-03), a day (2018-03-13) or an instant with its zone (2018-03-13T18:00:00Z)',
    },
  ])('says of “$row” once what is wrong, and nothing of an id that it did not bring', ({ row, why }) => {
    expect(importCsv(`start,title\n${row}\n`, 'other', book)).toEqual({
      facts: [],
      remarks: [`Row 2 was left out (${why}).`],
    });
  });
  it('takes what a statement speaks of, apart from where it was made', () => {
    const text =
      'kind,start,title,places,platforms,stance,who,said,about_operators,about_places\n' +
      'statement,2026-03-01,A denial,Astana,youtube,denies,The minister,No,"Kcell;AS9198","Алматы, Актау"\n';
    expect(importCsv(text, 'other', book)).toMatchObject({
      remarks: [],
      facts: [
        {
          places: ['astana'],
          claim: { stance: 'denies', operators: ['Kcell', 'AS9198'], places: ['Алматы', 'Актау'] },
        },
      ],
    });
  });
  it.each([
    { text: 'start,titel\n', says: 'unknown columns: titel' },
    { text: 'title\nx', says: 'no column "start"' },
    { text: 'start\n"2026', says: 'quote' },
    { text: '', says: 'is empty' },
    { text: 'sep=;\r\n', says: 'is empty' },
    { text: '2026-03-01;A title\n', says: 'unknown columns' },
  ])('refuses $text', ({ text, says }) => {
    expect(importCsv(text, 'rally', book)).toContain(says);
  });
});

describe('a file’s bytes', () => {
  it.each([
    { says: 'UTF-8', bytes: [0xd0, 0x90], text: 'А' },
    { says: 'UTF-8 with a mark in front', bytes: [0xef, 0xbb, 0xbf, 0x41], text: 'A' },
    { says: 'UTF-16 of Windows', bytes: [0xff, 0xfe, 0x41, 0x00], text: null },
    { says: 'Windows-1251', bytes: [0xcf, 0xf0, 0xe8], text: null },
    { says: 'nothing', bytes: [], text: '' },
  ])('of $says are $text', ({ bytes, text }) => {
    expect(decodeText(Uint8Array.from(bytes))).toBe(text);
  });
});

describe('the STOP list', () => {
  const row = {
    start_date: '2026-03-01T00:00:00.000Z',
    end_date: null,
    country: 'Kazakhstan',
    area_name: 'Nationwide',
    shutdown_type: 'Shutdown',
    affected_network: 'Broadband, Mobile',
    shutdown_extent: 'Service-based',
    actual_cause: 'Protests',
    gov_justification: 'Technical problems/ Infrastructure failure',
    facebook_affected: 'Yes',
    twitter_affected: 'Yes',
    telegram_affected: 'No',
    other_affected: 'YouTube, Signal',
    info_source_link: 'https://example.org/a; https://example.org/b',
  };
  it('takes what was affected, keeps an unknown end unknown, and a technical excuse as a denial', () => {
    expect(importStop(JSON.stringify([row]), book)?.facts).toMatchObject([
      {
        id: 'stop-2026-03-01-nationwide',
        kind: 'block',
        start: '2026-03-01',
        end: null,
        platforms: ['facebook', 'x', 'youtube', 'signal'],
        claim: { stance: 'denies', who: 'government' },
      },
    ]);
  });
  it('calls a cut of the whole network a shutdown, and takes an operator’s admission as a confirmation', () => {
    const full = { ...row, shutdown_extent: 'Full network', telco_ack: 'Yes', telcos_involved: 'Kcell' };
    expect(importStop(JSON.stringify([full]), book)?.facts).toMatchObject([
      {
        kind: 'shutdown',
        platforms: ['facebook', 'x', 'youtube', 'signal', 'internet', 'mobile'],
        claim: { stance: 'confirms', who: 'Kcell' },
      },
    ]);
  });
  it.each([
    { area: 'Nationwide', places: [] },
    { area: 'National', places: [] },
    { area: null, places: [] },
    { area: 'Cities of Almaty and Nur-Sultan', places: ['astana', 'almaty'] },
    { area: 'Atyrau and Kulsary cities, Atyrau region', places: ['atyrau', 'kulsary'] },
    { area: 'A village', places: ['A village'] },
  ])('says of “$area” where it was, so that a town’s cut is none of the country', ({ area, places }) => {
    const { facts = [] } = importStop(JSON.stringify([{ ...row, area_name: area }]), book) ?? {};
    expect(facts[0]?.places.toSorted()).toEqual(places.toSorted());
  });
  it('leaves other countries out in silence and wrong rows with a remark', () => {
    const answer = importStop(JSON.stringify([{ ...row, country: 'Uganda' }, { start_date: 7 }]), book);
    expect(answer?.facts).toEqual([]);
    expect(answer?.remarks).toEqual(['Row 2 is not in the list’s shape and was left out.']);
  });
  it('is refused where it is no list', () => {
    expect(importStop('{', book)).toBeNull();
    expect(importStop('{}', book)).toBeNull();
  });

  const real = sharedPath('facts', 'STOP_kazakhstan_2016-2025.json');
  it.skipIf(real === null)('gives nine facts from the real list of 2016 to 2025', () => {
    const answer = importStop(readFileSync(real ?? '', 'utf8'), book);
    expect(answer?.remarks).toEqual([]);
    expect(answer?.facts.map(({ id, kind, end }) => `${id} ${kind} ${end ?? '?'}`)).toEqual([
      'stop-2018-03-15-nationwide block ?',
      'stop-2019-05-09-national block 2019-05-19',
      'stop-2019-06-09-national block 2019-06-10',
      'stop-2019-06-11-national block 2019-06-12',
      'stop-2021-03-27-kazakhstan block 2021-03-28',
      'stop-2021-03-28-cities-of-almaty-and-nur-sultan shutdown 2021-03-28',
      'stop-2022-01-04-nationwide shutdown 2022-01-11',
      'stop-2022-10-19-nationwide shutdown ?',
      'stop-2024-05-16-atyrau-and-kulsary-cities-atyrau-region shutdown 2024-05-17',
    ]);
  });
});
