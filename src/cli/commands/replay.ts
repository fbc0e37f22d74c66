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
import { associateScenario } from '../../scenario/associations.ts';
import { mismatchesOf } from '../../scenario/expect.ts';
import type { Mismatch } from '../../scenario/expect.ts';
import { answerJson, readScenario } from '../../scenario/read.ts';
import { replay } from '../../scenario/replay.ts';
import type { ReplayInput, ReplayResult } from '../../scenario/replay.ts';
import { WindowLog } from '../../scenario/windows.ts';
import { EXIT, writeLine } from '../io.ts';
import type { Io } from '../io.ts';
import { commandNames } from '../names.ts';

const PROGRESS_STEPS = 100;
const NOWHERE = { instantsMs: [], platforms: [], operators: [] };

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

/** Each difference with the windows that led there: the scenario is played again, and gives the same. */
function printMismatches(mismatches: readonly Mismatch[], input: ReplayInput, io: Io): void {
  const disputes = mismatches.map(({ dispute }) => dispute ?? NOWHERE);
  const log = new WindowLog(disputes, input.scenario.cadenceSeconds * 1_000);
  if (disputes.some(({ instantsMs }) => instantsMs.length > 0))
    replay({
      ...input,
      onMeasured: (window) => {
        log.note(window);
      },
    });
  for (const [index, { text }] of mismatches.entries()) {
    writeLine(io.stderr, text);
    const lines = log.linesOf(index);
    if (lines.length > 0) writeLine(io.stderr, ['  windows around it:', ...lines].join('\n'));
  }
  const count = mismatches.length === 1 ? '1 difference' : `${mismatches.length} differences`;
  writeLine(io.stderr, `${input.scenario.id}: ${count} from what it expects.`);
}

/**
 * Prints what was found. Resolves to 0, or to 1 when it is not what the file's `expect` says; the differences go to
 * stderr. Throws ConfigError (exit code 2) for a file that is missing or wrong.
 */
export async function replayCommand(file: string, options: { json: boolean }, io: Io): Promise<number> {
  const catalog = loadCatalog();
  const certificates = await interceptorCertificates(catalog);
  const scenario = await readScenario(file, [...certificates.keys()]);
  const progress = progressOn(io.stderr);
  const input = { scenario, knowledge: buildKnowledge(catalog), certificates };
  const result = replay({
    ...input,
    associate: associateScenario,
    ...(progress === null ? {} : { onProgress: progress.show }),
  });
  progress?.bar.stop();
  const names = commandNames(catalog);
  if (options.json) writeLine(io.stdout, JSON.stringify(answerJson(result, names)));
  else printText(result, names, io);
  const mismatches = mismatchesOf(scenario, result.incidents, result.associations);
  if (mismatches.length > 0) {
    printMismatches(mismatches, input, io);
    return EXIT.failed;
  }
  if (!options.json && scenario.expect !== undefined) writeLine(io.stdout, 'As expected.');
  return EXIT.done;
}
