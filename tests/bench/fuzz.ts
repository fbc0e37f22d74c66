/** A million malformed inputs through the paths that read what others send. A crash or a hang fails the part. */
import { PATHS, createTrials } from '../support/robustness.ts';
import { seededRandom } from '../support/malformed.ts';

const INPUTS_DEFAULT = 1_000_000;
/** Of processor time, so that a busy machine is no hang. */
const SLOWEST_MS_MAX = 2_000;

/** AIQYN_FUZZ_INPUTS and AIQYN_FUZZ_SEED choose another number and another run. */
export async function benchFuzz(): Promise<Record<string, number>> {
  const inputs = Number(process.env['AIQYN_FUZZ_INPUTS'] ?? INPUTS_DEFAULT);
  const seed = Number(process.env['AIQYN_FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
  console.error(`fuzz: ${inputs} inputs, AIQYN_FUZZ_SEED=${seed}`);
  const trials = await createTrials();
  const random = seededRandom(seed);
  const startedMs = performance.now();
  let slowestMs = 0;
  for (let n = 0; n < inputs; n += 1) {
    const path = PATHS[n % PATHS.length] ?? 'importer';
    const began = process.cpuUsage();
    try {
      trials[path](random);
    } catch (cause) {
      throw new Error(`input ${n} (${path}, seed ${seed}) crashed: ${String(cause)}`, { cause });
    }
    const { user, system } = process.cpuUsage(began);
    const tookMs = (user + system) / 1_000;
    if (tookMs > SLOWEST_MS_MAX) throw new Error(`input ${n} (${path}, seed ${seed}) took ${tookMs} ms`);
    slowestMs = Math.max(slowestMs, tookMs);
  }
  const seconds = (performance.now() - startedMs) / 1_000;
  return {
    fuzzInputs: inputs,
    fuzzSeed: seed,
    fuzzInputsPerSecond: Math.round(inputs / seconds),
    fuzzSlowestMs: Math.round(slowestMs),
    fuzzMegabytesResident: Math.round(process.memoryUsage.rss() / 1e6),
  };
}
