/** Every world of tests/support/qa, exhaustively: what the world makes true is what is said. */
import { describe, expect, it } from 'vitest';
import { judge } from '../../../../src/analysis/verdict/judge.ts';
import type { Knowledge } from '../../../../src/analysis/verdict/verdict.ts';
import { measure } from '../../../support/qa/measure.ts';
import { ASNS } from '../../../support/qa/network.ts';
import { FAULTS, SHAPES, SITES, describeWorld, isTellable, truthOf } from '../../../support/qa/world.ts';
import type { World } from '../../../support/qa/world.ts';
import { NO_KNOWLEDGE } from '../../../support/web-observations.ts';

const KNOWLEDGE: Knowledge = { ...NO_KNOWLEDGE, asnOf: (ip) => ASNS[ip] ?? null };

function* worlds(shape: World['shape']): Iterable<World> {
  for (const site of SITES)
    for (const fault of FAULTS)
      for (const scheme of ['http', 'https'] as const)
        for (const entry of ['direct', 'short_link'] as const)
          for (const control of ['answers', 'cut_off', 'unasked'] as const)
            for (const family of [4, 6] as const) {
              if (family === 6 && control !== 'answers') continue;
              const world = { shape, site, fault, scheme, entry, control, family };
              if (isTellable(world)) yield world;
            }
}

describe('judge(measurement of a made-up world)', () => {
  it.each(SHAPES)('says what is true in every world that %s could measure', (shape) => {
    const wrong: string[] = [];
    let count = 0;
    for (const world of worlds(shape)) {
      count += 1;
      const verdict = judge(measure(world), KNOWLEDGE);
      if (!truthOf(world).includes(verdict.status)) {
        wrong.push(
          `${describeWorld(world)}: ${verdict.status} by ${verdict.rule}, truth ${truthOf(world).join(' or ')}`,
        );
      }
    }
    expect(wrong).toEqual([]);
    expect(count).toBeGreaterThan(1_000);
  });
});
