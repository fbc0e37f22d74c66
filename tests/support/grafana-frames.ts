/** What each picture of a dashboard cannot be drawn without, asked of the frames that a query gave. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { z } from 'zod';
import { Gazetteer } from '../../dashboards/lib/gazetteer.ts';
import { GENERATED } from './dashboards.ts';
import type { Frame, Panel } from './grafana.ts';

export function columnsOf(frames: readonly Frame[]): string[] {
  return frames.flatMap(({ fields }) => fields.map(({ name }) => name));
}

export function valuesOf(frames: readonly Frame[], name: string): unknown[] {
  return frames.flatMap(({ fields }) =>
    fields.filter((field) => field.name === name).flatMap(({ values }) => values),
  );
}

/** Any but nothing, beside the time. */
export function hasValue({ fields }: Frame): boolean {
  return fields.slice(1).some(({ values }) => values.some((each) => each !== null));
}

function hasTimeAnd(...types: readonly string[]): (frames: readonly Frame[]) => void {
  return (frames) => {
    for (const { fields } of frames) {
      expect(fields[0]?.type).toBe('time');
      expect(types).toContain(fields[1]?.type);
    }
  };
}

/** What a picture cannot be drawn without. */
export const NEEDS: Readonly<Record<string, (frames: readonly Frame[]) => void>> = {
  timeseries: hasTimeAnd('number'),
  'status-history': hasTimeAnd('number'),
  'state-timeline': hasTimeAnd('number', 'string'),
  stat: hasTimeAnd('number'),
  table: (frames) => {
    expect(frames).toHaveLength(1);
  },
  geomap: (frames) => {
    const keys = new Set(gazetteer().flatMap((place) => [place.key, ...place.keys]));
    const places = valuesOf(frames, 'place');
    expect(places.length).toBeGreaterThan(1);
    for (const place of places) expect(keys).toContain(place);
  },
};

function gazetteer(): Gazetteer {
  return Gazetteer.parse(JSON.parse(readFileSync(join(GENERATED, 'gazetteer', 'aiqyn-places.json'), 'utf8')));
}

/** Columns that a table names in its overrides and transformations; a transformation makes some of its own. */
export function columnsUsed(panel: Panel): string[] {
  const named = (panel.fieldConfig?.overrides ?? [])
    .filter(({ matcher }) => matcher.id === 'byName')
    .map(({ matcher }) => String(matcher.options));
  const transformed = panel.transformations
    .flatMap((each) => Object.values(GroupBy.parse(each).options))
    .flatMap((option) => (typeof option === 'string' ? [option] : Object.keys(option)));
  return [...named, ...transformed].filter((name) => name !== 'null' && !/ \((count|max)\)$/.test(name));
}
const GroupBy = z.object({
  options: z.record(z.string(), z.union([z.string(), z.record(z.string(), z.unknown())])),
});
