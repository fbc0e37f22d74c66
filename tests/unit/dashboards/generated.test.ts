/** The dashboards as they are committed: fresh, well laid out, explained, and in the page's own colours. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { artefacts } from '../../../dashboards/artefacts.ts';
import { severityMappings, severityThresholds } from '../../../dashboards/lib/status-look.ts';
import { PAGE_URL_DEFAULT } from '../../../dashboards/lib/variables.ts';
import { SEVERITY, severityOf } from '../../../src/analysis/verdict/severity.ts';
import { STATUSES } from '../../../src/analysis/verdict/verdict.ts';
import { loadCatalog } from '../../../src/config/catalog-files.ts';
import { STATUS_COLOURS } from '../../../src/status-colours.ts';
import { generatedDashboards, GENERATED } from '../../support/dashboards.ts';
import type { Dashboard, Panel } from '../../support/grafana.ts';

const placesFile = join(GENERATED, '..', '..', 'probes', 'catalog', 'places.yaml');
const places: unknown = parse(readFileSync(placesFile, 'utf8'));
const boards = [...generatedDashboards()].map(([name, dashboard]) => ({ name, dashboard }));

function filesBelow(folder: string, prefix = ''): string[] {
  return readdirSync(folder).flatMap((entry) => {
    const path = join(folder, entry);
    return statSync(path).isDirectory() ? filesBelow(path, `${prefix}${entry}/`) : [`${prefix}${entry}`];
  });
}

describe('dashboards/generated', () => {
  const made = artefacts({ places, pageUrl: PAGE_URL_DEFAULT });

  it('holds what `npm run dashboards` writes, and nothing else', () => {
    expect(filesBelow(GENERATED).toSorted()).toEqual([...made.keys()].toSorted());
  });

  it.each([...made])('has %s as it would be generated now', (path, text) => {
    expect(readFileSync(join(GENERATED, path), 'utf8')).toBe(text);
  });

  it('knows the coordinates of every place of the catalogue', () => {
    const keys = z
      .array(z.object({ key: z.string() }))
      .parse(JSON.parse(made.get('gazetteer/aiqyn-places.json') ?? ''));
    expect(keys.map(({ key }) => key)).toEqual(loadCatalog().places.map(({ id }) => id));
  });

  it('puts the address of the public page where it is asked to', () => {
    const elsewhere = artefacts({ places, pageUrl: 'https://aiqyn.example.org' });
    for (const { name } of boards) {
      expect(elsewhere.get(`dashboards/${name}.json`)).toContain('https://aiqyn.example.org');
      expect(elsewhere.get(`dashboards/${name}.json`)).not.toContain(PAGE_URL_DEFAULT);
    }
  });
});

function overlap(one: Panel['gridPos'], other: Panel['gridPos']): boolean {
  const isApart =
    one.x + one.w <= other.x ||
    other.x + other.w <= one.x ||
    one.y + one.h <= other.y ||
    other.y + other.h <= one.y;
  return !isApart;
}

function drawn(dashboard: Dashboard): Panel[] {
  return dashboard.panels.filter(({ type }) => type !== 'row');
}

describe.each(boards)('the dashboard $name', ({ dashboard }) => {
  it('has no two panels on the same spot, and none outside the 24 columns', () => {
    for (const [index, panel] of dashboard.panels.entries()) {
      expect(panel.gridPos.x).toBeGreaterThanOrEqual(0);
      expect(panel.gridPos.x + panel.gridPos.w, panel.title).toBeLessThanOrEqual(24);
      const others = dashboard.panels
        .slice(index + 1)
        .filter((other) => overlap(panel.gridPos, other.gridPos));
      expect(
        others.map(({ title }) => title),
        `on top of ${panel.title}`,
      ).toEqual([]);
    }
  });

  it('leaves no row with room to its right', () => {
    const panels = drawn(dashboard);
    for (const { gridPos } of panels) {
      const beside = panels.filter((other) => other.gridPos.y === gridPos.y);
      expect(beside.reduce((sum, other) => sum + other.gridPos.w, 0)).toBe(24);
    }
  });

  it('names and explains every panel, each by another title', () => {
    const titles = dashboard.panels.map(({ title }) => title);
    expect(new Set(titles).size).toBe(titles.length);
    for (const { title, description } of drawn(dashboard)) {
      expect(title.length).toBeGreaterThan(3);
      expect(description?.length, title).toBeGreaterThan(30);
    }
  });

  it('gives every panel that draws numbers a unit and thresholds', () => {
    for (const { title, type, fieldConfig } of drawn(dashboard)) {
      if (type === 'text') continue;
      expect(fieldConfig?.defaults.unit, title).toBeTypeOf('string');
      expect(fieldConfig?.defaults.thresholds?.steps.length, title).toBeGreaterThan(0);
      expect(fieldConfig?.defaults.thresholds?.steps[0]?.value, title).toBeNull();
    }
  });

  it('numbers its panels, and reads from the provisioned source alone', () => {
    expect(dashboard.panels.map(({ id }) => id)).toEqual(dashboard.panels.map((_, index) => index + 1));
    const sources = new Set(
      drawn(dashboard).flatMap(({ datasource }) => (datasource === undefined ? [] : [datasource.uid])),
    );
    expect([...sources]).toEqual(['aiqyn-influxdb']);
  });

  it('lays incidents and events over its graphs, and leads to the other dashboards and the public page', () => {
    expect(dashboard.annotations.list.map(({ name }) => name)).toEqual(['Incidents', 'Events']);
    expect(dashboard.links.map(({ type }) => type)).toEqual(['dashboards', 'link']);
    expect(dashboard.links[1]?.url).toMatch(/^\$\{page\}\//);
    expect(dashboard.templating.list.map(({ name }) => name)).toContain('page');
  });

  it('lets several be chosen at once, and All', () => {
    const scope = dashboard.templating.list.filter(
      ({ name, multi }) => ['platform', 'operator', 'place'].includes(name) || multi === true,
    );
    for (const { multi, includeAll, allValue } of scope)
      expect({ multi, includeAll, allValue }).toEqual({ multi: true, includeAll: true, allValue: '.*' });
    expect(scope.length).toBeGreaterThanOrEqual(2);
  });

  it('uses only colours of the public page for what is judged', () => {
    const known: unknown[] = [...Object.values(STATUS_COLOURS.dark), '#8cc7dd'];
    const used = drawn(dashboard).flatMap(({ fieldConfig }) => fieldConfig?.defaults.thresholds?.steps ?? []);
    for (const { color } of used) expect(known).toContain(color);
  });
});

describe('the number that stands for a status', () => {
  const Mapping = z.object({
    options: z.record(z.string(), z.object({ text: z.string(), color: z.string() })),
  });
  const looks = new Map(
    severityMappings()
      .flatMap((mapping) => Object.entries(Mapping.parse(mapping).options))
      .map(([number, look]) => [Number(number), look]),
  );

  it('reads back as the status itself', () => {
    for (const status of STATUSES) expect(looks.get(severityOf(status))?.text).toBe(status);
  });

  it('is the greatest for what counts most', () => {
    const numbers = SEVERITY.map(severityOf);
    expect(numbers).toEqual([...numbers].sort((left, right) => right - left));
    expect(new Set(numbers).size).toBe(STATUSES.length);
  });

  it('has the status’s own colour, also as a threshold', () => {
    for (const [number, { text, color }] of looks) {
      const status = STATUSES.find((each) => each === text);
      expect(status === undefined ? null : STATUS_COLOURS.dark[status]).toBe(color);
      const step = severityThresholds().find(({ value }) => (value ?? 0) === number);
      expect(step?.color).toBe(color);
    }
  });
});
