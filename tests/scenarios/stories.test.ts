/**
 * Stories that nobody wrote: made by chance from a seed (tests/support/story-maker.ts), each with what must be said of it
 * derived from how it was made. `AIQYN_STORIES=500` plays that many; a failing seed belongs into TAUGHT.
 */
import { describe, expect, it } from 'vitest';
import { interceptorCertificates } from '../../src/cli/commands/replay.ts';
import { loadCatalog } from '../../src/config/catalog-files.ts';
import { buildKnowledge } from '../../src/config/knowledge.ts';
import type { Incident } from '../../src/analysis/detect/point.ts';
import { mismatchesOf } from '../../src/scenario/expect.ts';
import { replay } from '../../src/scenario/replay.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { makeLossyStory, makeStory } from '../support/story-maker.ts';

const catalog = loadCatalog();
const knowledge = buildKnowledge(catalog);
const certificates = await interceptorCertificates(catalog);

const COUNT = Number(process.env['AIQYN_STORIES'] ?? 12);
/**
 * What each taught: a slowed platform whose losses added up to a block (28); half of all packets lost at once (84, 114, 160);
 * two towns with one vantage each that are cut together (379); ten minutes of slowness that nobody else saw (5055, 6131); half of all
 * packets lost where three platforms are measured (6106).
 */
const TAUGHT = [28, 84, 114, 160, 379, 5_055, 6_106, 6_131];
const SEEDS = [...TAUGHT, ...Array.from({ length: COUNT }, (_, number) => 1_000 + number)];
const LOSSY_SEEDS = Array.from({ length: COUNT }, (_, number) => number);

/** Vantages that an incident names although nothing happened there. */
function strangers(scenario: Scenario, incident: Incident): string[] {
  const wanted = scenario.expect?.incidents.find(
    (one) =>
      one.kind === incident.kind && Math.abs(one.start - incident.startMs) <= one.toleranceSeconds * 1_000,
  );
  const named = wanted?.vantages;
  if (named === undefined) return [];
  return incident.vantageIds.filter((id) => !named.includes(id));
}

describe('a story made by chance', () => {
  it.each(SEEDS)('is told as it was made: seed %d', { timeout: 120_000 }, (seed) => {
    const scenario = makeStory(seed);
    const { incidents } = replay({ scenario, knowledge, certificates });
    expect(mismatchesOf(scenario, incidents, [])).toEqual([]);
    expect(incidents.flatMap((incident) => strangers(scenario, incident))).toEqual([]);
  });

  it.each(LOSSY_SEEDS)(
    'is no block where two packets of five are lost: seed %d',
    { timeout: 120_000 },
    (seed) => {
      const { incidents } = replay({ scenario: makeLossyStory(seed, 40), knowledge, certificates });
      expect(incidents.map((incident) => incident.kind)).toEqual([]);
    },
  );
});
