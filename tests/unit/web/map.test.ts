import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { feature } from 'topojson-client';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { loadCatalog } from '../../../src/config/catalog-files.ts';
import { citiesOf, drawMap } from '../../../src/web/map/map.ts';
import type { City } from '../../../src/web/map/map.ts';
import { KAZAKHSTAN } from '../../../src/web/map/outline.ts';
import { project } from '../../../src/web/map/projection.ts';
import { messages } from '../../../src/web/messages/messages.ts';
import { createNameBook } from '../../../src/web/names.ts';
import { statusTable } from '../../../src/web/overview/cells.ts';
import { aBlockedPoint, aPoint } from '../../support/points.ts';

const CODE = '398';
const Ring = z.array(z.tuple([z.number(), z.number()]));
const Country = z.object({
  geometry: z.object({ type: z.literal('MultiPolygon'), coordinates: z.array(z.array(Ring)) }),
});

/** The country's border as world-atlas draws it at 1 : 50 million, to a tenth of a degree. */
function borderOf(): string {
  const file = createRequire(import.meta.url).resolve('world-atlas/countries-50m.json');
  const atlas: unknown = JSON.parse(readFileSync(file, 'utf8'));
  const topology = z
    .object({
      arcs: z.array(z.array(z.array(z.number()))),
      transform: z.object({
        scale: z.tuple([z.number(), z.number()]),
        translate: z.tuple([z.number(), z.number()]),
      }),
      objects: z.object({
        countries: z.object({ geometries: z.array(z.looseObject({ id: z.string().optional() })) }),
      }),
    })
    .parse(atlas);
  const one = topology.objects.countries.geometries.find(({ id }) => id === CODE);
  const geometry = z
    .object({ type: z.literal('MultiPolygon'), arcs: z.array(z.array(z.array(z.int()))) })
    .parse(one);
  const { arcs, transform } = topology;
  const whole = { type: 'Topology' as const, arcs, transform, objects: { country: geometry } };
  const rings = Country.parse(feature(whole, geometry)).geometry.coordinates.map(([outer = []]) => outer);
  // The rest are small islands in the Caspian Sea.
  const [ring = []] = rings.toSorted((one, other) => other.length - one.length);
  const points = ring.map(([longitude, latitude]) => `${longitude.toFixed(1)},${latitude.toFixed(1)}`);
  return points.filter((point, index) => point !== points[index - 1]).join(' ');
}

describe('the outline', () => {
  it('is what world-atlas says', async () => {
    const text = [
      '/**',
      ' * The border of Kazakhstan as longitude,latitude in degrees, to a tenth: made by tests/unit/web/map.test.ts from the npm package',
      ' * world-atlas 2.0.2 (ISC), countries-50m.json, which is Natural Earth’s 1 : 50 million (public domain).',
      ' */',
      '// prettier-ignore',
      `export const KAZAKHSTAN = '${borderOf()}';`,
      '',
    ].join('\n');
    await expect(text).toMatchFileSnapshot('../../../src/web/map/outline.ts');
  });

  it('is a ring of some hundred points', () => {
    const points = KAZAKHSTAN.split(' ');
    expect(points.length).toBeGreaterThan(150);
    expect(points.length).toBeLessThan(1_200);
    expect(points.every((point) => /^\d\d\.\d,\d\d\.\d$/.test(point))).toBe(true);
  });
});

/** Ray casting. */
function isInside(longitude: number, latitude: number): boolean {
  const ring = KAZAKHSTAN.split(' ').map((pair) => pair.split(',').map(Number));
  let inside = false;
  ring.forEach(([x = 0, y = 0], index) => {
    const [otherX = 0, otherY = 0] = ring[(index + ring.length - 1) % ring.length] ?? [];
    const crosses = y > latitude !== otherY > latitude;
    if (crosses && longitude < ((otherX - x) * (latitude - y)) / (otherY - y) + x) inside = !inside;
  });
  return inside;
}

describe('project(longitude, latitude)', () => {
  it('keeps north above south and east right of west', () => {
    const almaty = project(76.9, 43.3);
    const astana = project(71.4, 51.2);
    const aktau = project(51.2, 43.7);
    expect(astana.y).toBeLessThan(almaty.y);
    expect(aktau.x).toBeLessThan(astana.x);
    expect(astana.x).toBeLessThan(almaty.x);
  });

  it('has every place of the catalogue inside the country', () => {
    const outside = loadCatalog().places.filter(({ longitude, latitude }) => !isInside(longitude, latitude));
    // Towns at the border or the sea may fall outside of a border drawn to ten kilometres.
    expect(outside.length).toBeLessThan(4);
  });
});

const catalog = loadCatalog();
const context = { catalog, names: createNameBook(catalog, 'en'), messages: messages('en') };

function tableOf(...points: readonly ReturnType<typeof aPoint>[]) {
  return statusTable(
    points.map((point) => ({ point, sinceMs: point.atMs })),
    context.names.platforms,
  );
}

describe('citiesOf(context, table)', () => {
  const almaty = { operator: 'AS29355', place: 'almaty', access: 'mobile' };
  const astana = { operator: 'AS9198', place: 'astana', access: 'fixed' };

  it('says the worst of a city, and of which platforms', () => {
    const cities = citiesOf(
      context,
      tableOf(
        aPoint({ ...almaty, platform: 'vk' }),
        aBlockedPoint({ ...almaty, platform: 'youtube' }),
        aPoint({ ...astana, platform: 'youtube' }),
      ),
    );
    expect(cities).toMatchObject([
      { place: 'astana', status: 'ok', platforms: [] },
      { place: 'almaty', status: 'blocked', platforms: ['YouTube'] },
    ]);
  });

  it('leaves out a place that is not known', () => {
    expect(citiesOf(context, tableOf(aPoint({ ...almaty, place: 'unknown' })))).toEqual([]);
  });
});

describe('drawMap(context, cities)', () => {
  function aCity(changes: Partial<City>): City {
    return {
      place: 'almaty',
      name: 'Almaty',
      longitude: 76.9,
      latitude: 43.25,
      status: 'ok',
      platforms: [],
      ...changes,
    };
  }

  it('says each city in words, for those who do not see it', () => {
    const svg = drawMap(context, [aCity({ status: 'blocked', platforms: ['YouTube', 'Facebook'] })]);
    expect(svg).toContain('<title>Almaty: blocked (YouTube, Facebook)</title>');
    expect(svg).toContain('aria-label="Almaty: blocked (YouTube, Facebook)"');
  });

  it('gives another shape to another status', () => {
    const shapes = (['ok', 'blocked', 'throttled', 'offline'] as const).map(
      (status) =>
        /d="(M[^"]*)" (?:fill|stroke)="(?!var\(--track)/.exec(drawMap(context, [aCity({ status })]))?.[1],
    );
    expect(new Set(shapes).size).toBe(4);
  });

  it('writes no name over another', () => {
    const near = aCity({ place: 'near', name: 'Nearby', longitude: 77.1, latitude: 43.3 });
    const svg = drawMap(context, [near, aCity({ status: 'blocked' })]);
    expect(svg).toContain('>Almaty</text>');
    expect(svg).not.toContain('>Nearby</text>');
    expect(svg).toContain('<title>Nearby: ');
  });

  it('lets no name be markup', () => {
    expect(drawMap(context, [aCity({ name: '<script>' })])).not.toContain('<script>');
  });

  it('is small', () => {
    expect(Buffer.byteLength(drawMap(context, [aCity({})]))).toBeLessThan(12_000);
  });
});
