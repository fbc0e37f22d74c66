import { describe, expect, it } from 'vitest';
import { loadCatalog } from '../../../src/config/catalog-files.ts';
import { createNameBook } from '../../../src/web/names.ts';

describe('names on a page', () => {
  const catalog = loadCatalog();
  const names = createNameBook(catalog, 'en');

  it('gives every target of every kind the name that the catalogue gives it, and none its id', () => {
    for (const { id, name } of [...catalog.targets, ...catalog.kindTargets])
      expect(names.target(id)).toMatchObject({ name });
    expect(names.target('youtube-ingest')).toEqual({
      name: 'YouTube Live, where broadcasts are sent',
      part: null,
    });
    expect(names.target('youtube-www')).toMatchObject({ part: 'main' });
  });

  it('shows what the catalogue does not know as it is', () => {
    expect(names.target('no-such-target')).toBeNull();
    expect(names.platform('no-such-platform')).toBe('no-such-platform');
    expect(names.operator('AS64500')).toBe('AS64500');
    expect(names.place('no-such-place')).toBe('no-such-place');
  });

  it('tells the time of a place by its own zone, and of no place by that of Almaty', () => {
    expect(names.timeZone(undefined)).toBe('Asia/Almaty');
    expect(names.timeZone('no-such-place')).toBe('Asia/Almaty');
    for (const place of catalog.places) expect(names.timeZone(place.id)).toBe(place.timeZone);
  });

  it('knows an operator by its id, its name in any language and its AS numbers', () => {
    expect(names.asnsOf('kcell')).toEqual(['AS29355', 'AS57950']);
    expect(names.asnsOf(' Билайн ')).toContain('AS21299');
    expect(names.asnsOf('as57950')).toEqual(['AS57950']);
    expect(names.asnsOf('Nobody')).toEqual([]);
  });

  it('lists no platform that is measured only to compare', () => {
    expect(names.platforms).toContain('youtube');
    expect(names.platforms).not.toContain('control');
  });
});
