import { describe, expect, it } from 'vitest';
import { loadCatalog } from '../../../src/config/catalog-files.ts';
import { blockpageReader } from '../../../src/config/block-pages.ts';

const blockpagesOf = blockpageReader(loadCatalog().blockpages);
describe('blockpageReader(facts)', () => {
  it.each([
    {
      by: 'body',
      body: '<p>Доступ к ресурсу заблокирован!</p>',
      headers: {},
      ids: ['cp-f-gen-ru-2'],
    },
    {
      by: 'title',
      body: '<html><title>Страница заблокирована</title>',
      headers: {},
      ids: ['cp-f-gen-ru-16-satellite'],
    },
    {
      by: 'header, whatever its case',
      body: '',
      headers: { SERVER: 'Kerio Control Embedded Web Server/9' },
      ids: ['ooni-cl-0'],
    },
    {
      by: 'the first of several values of a header',
      body: '',
      headers: { Location: ['http://qca.kz/install', 'x'] },
      ids: ['kz-http-qca-kz'],
    },
    {
      by: 'nothing: a header that is no text',
      body: 'hello',
      headers: { Location: { format: 'base64', data: '' } },
      ids: [],
    },
    { by: 'nothing', body: '<title>Default Web Page</title>', headers: { Server: 'nginx' }, ids: [] },
  ])('finds a block page by $by', ({ body, headers, ids }) => {
    expect(blockpagesOf({ body, headers })).toEqual(ids);
  });

  it('reads a body that came as base64 in the charset that its header names', () => {
    const body = { format: 'base64', data: windows1251('Доступ к ресурсу заблокирован!') } as const;
    expect(blockpagesOf({ body, headers: { 'Content-Type': 'text/html; charset=windows-1251' } })).toEqual([
      'cp-f-gen-ru-2',
    ]);
    expect(blockpagesOf({ body, headers: {} }), 'unreadable without it').toEqual([]);
  });
});

/** Cyrillic letters А–я stand at 0xC0–0xFF there, and ASCII where it always does. */
function windows1251(text: string): string {
  const bytes = Array.from(text, (letter) => {
    const point = letter.codePointAt(0) ?? 0;
    return point >= 0x4_10 && point <= 0x4_4f ? point - 0x4_10 + 0xc0 : point;
  });
  return Buffer.from(bytes).toString('base64');
}
