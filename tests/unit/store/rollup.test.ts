/** Downsampling of 1.x and of 2.x is one thing: the same fields, made in the same way, at the same instants. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { REACHABILITY_FIELDS, ROLLUP_FIELDS, SEVERITY_FIELD } from '../../../src/store/fields.ts';
import {
  copyFlux,
  rollupPast,
  ROLLUPS,
  rollupSelection,
  rollupTask,
} from '../../../src/store/influx/rollup.ts';
import { readFlux, rolledUpBy } from '../../support/flux.ts';
import type { RolledUp } from '../../support/flux.ts';

function ofSelection(): RolledUp[] {
  return [...rollupSelection().matchAll(/(\w+)\("(\w+)"\) AS "(\w+)"/g)].map(
    ([, by = '', of = '', as = '']) => ({
      as,
      of,
      by,
    }),
  );
}

function sorted(fields: readonly RolledUp[]): string[] {
  return fields.map(({ as, of, by }) => `${as} = ${by} of ${of}`).sort();
}

/** Texts, and what is a text itself in InfluxQL and Flux: they are not summed. `confidence` is a verdict's own. */
const NOT_ROLLED_UP: ReadonlySet<string> = new Set(['confidence', 'status', 'layer', 'method', 'failure']);

describe('rollups', () => {
  it('have every number of a measurement, and how many there were', () => {
    const wanted = REACHABILITY_FIELDS.filter((field) => !NOT_ROLLED_UP.has(field));
    const made = ofSelection().map(({ as }) => as);
    expect(made.toSorted()).toEqual(
      [...wanted, SEVERITY_FIELD, ROLLUP_FIELDS.count, ROLLUP_FIELDS.scoreSum].sort(),
    );
  });

  it.each(ROLLUPS)('the task of $policy makes what the continuous query makes', (rollup) => {
    const { option, pipelines } = readFlux(rollupTask('a task', rollup, 'aiqyn', 'aiqyn/there'));
    expect(option).toBe(`option task = {name: "a task", every: ${rollup.every}, offset: 1m}`);
    expect(sorted(rolledUpBy(pipelines))).toEqual(sorted(ofSelection()));
  });

  it.each(ROLLUPS)('$policy rolls up what is there already in the same way', (rollup) => {
    const { option, pipelines } = readFlux(rollupPast(rollup, 'aiqyn', 'aiqyn/there'));
    expect(option).toBeNull();
    expect(sorted(rolledUpBy(pipelines))).toEqual(sorted(ofSelection()));
  });

  it.each(ROLLUPS)('$policy has whole windows only, each point at its window’s start', (rollup) => {
    const { pipelines } = readFlux(rollupTask('a task', rollup, 'aiqyn', 'aiqyn/there'));
    const [points, ...made] = pipelines;
    expect(points?.calls.find(({ name }) => name === 'range')?.args).toEqual({
      start: `date.truncate(t: -${rollup.back}, unit: ${rollup.every})`,
      stop: `date.truncate(t: now(), unit: ${rollup.every})`,
    });
    for (const { calls } of made) {
      expect(calls.find(({ name }) => name === 'aggregateWindow')?.args).toMatchObject({
        every: rollup.every,
        timeSrc: '_start',
        createEmpty: 'false',
      });
      expect(calls.find(({ name }) => name === 'to')?.args).toEqual({ bucket: 'aiqyn/there' });
      // Written, and not answered: years of rollups would come back else.
      expect(calls.at(-2)).toEqual({ name: 'filter', args: { fn: '(r) => false' } });
    }
  });

  it('copies series of any time, those of the future too', () => {
    const { pipelines } = readFlux(copyFlux(['incident', 'event'], 'aiqyn', 'aiqyn/there'));
    expect(pipelines[0]?.calls.map(({ name, args }) => [name, ...Object.values(args)])).toEqual([
      ['from', 'aiqyn'],
      ['range', '1970-01-01T00:00:00Z', '2262-01-01T00:00:00Z'],
      ['filter', '(r) => r._measurement == "incident" or r._measurement == "event"'],
      ['to', 'aiqyn/there'],
      ['filter', '(r) => false'],
    ]);
  });

  it('lets no bucket’s name break out of its text', () => {
    fc.assert(
      fc.property(fc.string(), (bucket) => {
        const [rollup] = ROLLUPS;
        if (rollup === undefined) return;
        const name = bucket.replace(/[^\u0020-\u007e]/g, '') || '"';
        const { pipelines } = readFlux(rollupPast(rollup, name, name));
        const used = pipelines.flatMap(({ calls }) => calls.flatMap(({ args }) => args['bucket'] ?? []));
        expect(new Set(used)).toEqual(new Set([name]));
      }),
    );
  });
});
