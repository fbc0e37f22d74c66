/** `aiqyn replay`: a scenario in virtual time, no sockets; fails where it says what must be found and it is not. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Presets, SingleBar } from 'cli-progress';
import type { Catalog } from '../../../probes/catalog.ts';
import { incidentJson } from '../../analysis/detect/incident-json.ts';
import type { SummaryNames } from '../../analysis/detect/summary.ts';
import { loadCatalog } from '../../config/catalog-files.ts';
import { buildKnowledge } from '../../config/knowledge.ts';
import { packageRoot } from '../../config/package-root.ts';
import { ConfigError } from '../../errors.ts';
import { associateScenario } from '../../scenario/associations.ts';
import { mismatchesOf } from '../../scenario/expect.ts';
import { answerJson, readScenario } from '../../scenario/read.ts';
import { replay } from '../../scenario/replay.ts';
import type { ReplayResult } from '../../scenario/replay.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { EXIT, writeLine } from '../io.ts';
import type { Io } from '../io.ts';
import { commandNames } from '../names.ts';

const PROGRESS_STEPS = 100;

/** Certificates (DER, base64) of the catalogue's interceptors, by id. */
export async function interceptorCertificates(catalog: Catalog): Promise<Map<string, string>> {
  const certificates = new Map<string, string>();
  for (const { id, pem } of catalog.interceptors) {
    if (pem === undefined) continue;
    const text = await readFile(join(packageRoot(), 'probes', 'catalog', 'interceptors', pem), 'utf8');
    certificates.set(id, text.replaceAll(/-----[^-]+-----|\s/g, ''));
  }
  return certificates;
}

function checkInterceptors(scenario: Scenario, file: string, known: ReadonlyMap<string, string>): void {
  for (const [index, action] of scenario.actions.entries()) {
    if (action.do !== 'intercept' || action.interceptor === undefined) continue;
    if (known.has(action.interceptor)) continue;
    throw new ConfigError(
      `${file} actions[${index}].interceptor`,
      `there is no certificate of "${action.interceptor}"; known are ${[...known.keys()].join(', ')}`,
    );
  }
}

function progressOn(stream: NodeJS.WritableStream): { bar: SingleBar; show: (share: number) => void } | null {
  if (!('isTTY' in stream) || stream.isTTY !== true) return null;
  const bar = new SingleBar({ stream, format: 'replay [{bar}] {percentage} %' }, Presets.shades_classic);
  bar.start(PROGRESS_STEPS, 0);
  let shown = 0;
  function show(share: number): void {
    const step = Math.floor(share * PROGRESS_STEPS);
    if (step === shown) return;
    shown = step;
    bar.update(step);
  }
  return { bar, show };
}

function printText(result: ReplayResult, names: SummaryNames, io: Io): void {
  if (result.incidents.length === 0) writeLine(io.stdout, 'No incidents.');
  for (const incident of result.incidents) {
    const json = incidentJson(incident, names);
    writeLine(io.stdout, `${json.kind}  ${json.summary}`);
    writeLine(io.stdout, `  ${json.id}, found ${json.detectedAt}, confidence ${json.confidence.toFixed(2)}`);
  }
  for (const association of result.associations) writeLine(io.stdout, association.sentence);
}

/**
 * Prints what was found. Resolves to 0, or to 1 when it is not what the file's `expect` says; the differences go to
 * stderr. Throws ConfigError (exit code 2) for a file that is missing or wrong.
 */
export async function replayCommand(file: string, options: { json: boolean }, io: Io): Promise<number> {
  const scenario = await readScenario(file);
  const catalog = loadCatalog();
  const certificates = await interceptorCertificates(catalog);
  checkInterceptors(scenario, file, certificates);
  const progress = progressOn(io.stderr);
  const result = replay({
    scenario,
    knowledge: buildKnowledge(catalog),
    certificates,
    associate: associateScenario,
    ...(progress === null ? {} : { onProgress: progress.show }),
  });
  progress?.bar.stop();
  const names = commandNames(catalog);
  if (options.json) writeLine(io.stdout, JSON.stringify(answerJson(result, names)));
  else printText(result, names, io);
  const mismatches = mismatchesOf(scenario, result.incidents, result.associations);
  for (const mismatch of mismatches) writeLine(io.stderr, mismatch);
  if (mismatches.length > 0) {
    writeLine(io.stderr, `${scenario.id}: ${mismatches.length} differences from what it expects.`);
    return EXIT.failed;
  }
  if (!options.json && scenario.expect !== undefined) writeLine(io.stdout, 'As expected.');
  return EXIT.done;
}
