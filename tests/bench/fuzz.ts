/** Malformed inputs a second, the slowest of them, and the memory it took. AIQYN_FUZZ_INPUTS and AIQYN_FUZZ_SEED choose. */
import { fuzz } from '../support/fuzz.ts';

export async function benchFuzz(): Promise<Record<string, number>> {
  const inputs = Number(process.env['AIQYN_FUZZ_INPUTS'] ?? 1_000_000);
  const seed = Number(process.env['AIQYN_FUZZ_SEED'] ?? 1);
  const startedMs = performance.now();
  const { slowestMs, accepted } = await Promise.resolve(fuzz(inputs, seed));
  const seconds = (performance.now() - startedMs) / 1_000;
  return {
    fuzzSeed: seed,
    fuzzInputs: inputs,
    fuzzAccepted: accepted,
    fuzzInputsPerSecond: Math.round(inputs / seconds),
    fuzzSlowestMs: Math.round(slowestMs * 10) / 10,
    fuzzPeakMegabytes: Math.round(process.resourceUsage().maxRSS / 1_024),
  };
}
