/** How many measurements a second one core reads and judges: our own test cases, and OONI's where they lie beside the checkout. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { WebMeasurement } from '../../probes/measurement.ts';
import { judge } from '../../src/analysis/verdict/judge.ts';
import { loadCatalog } from '../../src/config/catalog-files.ts';
import { buildKnowledge } from '../../src/config/knowledge.ts';
import { sharedPath } from '../support/shared.ts';

const SECONDS = 4;

/** Median of one-second windows, so that neither warming up nor a neighbour decides. */
export async function benchVerdicts(): Promise<Record<string, number>> {
  const folder = sharedPath('corpus', 'ooni-web');
  if (folder === null) return {};
  const texts = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => readFileSync(join(folder, name, 'measurement.json'), 'utf8'));
  const knowledge = buildKnowledge(loadCatalog());
  const rates: number[] = [];
  for (let second = 0; second < SECONDS; second += 1) {
    const startedMs = performance.now();
    let judged = 0;
    while (performance.now() - startedMs < 1_000) {
      for (const text of texts) judge(WebMeasurement.parse(JSON.parse(text)), knowledge);
      judged += texts.length;
    }
    rates.push((judged / (performance.now() - startedMs)) * 1_000);
  }
  return { verdictsPerSecond: Math.round(rates.sort((a, b) => a - b)[Math.floor(SECONDS / 2)] ?? 0) };
}
