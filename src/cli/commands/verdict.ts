/** `aiqyn verdict`: judges measurements in OONI's format, from files and folders. */
import { existsSync } from 'node:fs';
import { judge } from '../../analysis/verdict/judge.ts';
import type { Knowledge, Verdict } from '../../analysis/verdict/verdict.ts';
import { readMeasurementFiles } from '../../sources/ooni/read.ts';
import type { Problem, ReadMeasurement } from '../../sources/ooni/read.ts';
import { EXIT, printable, writeLine } from '../io.ts';
import type { Io } from '../io.ts';

/**
 * One JSON object per measurement and line with `json`, else a table. Problems go to stderr. Resolves to the exit
 * code: 0 done, 1 nothing could be read, 2 a path is not there (then nothing is judged), 3 some could not be read.
 */
export async function verdictCommand(
  paths: readonly string[],
  options: { readonly json: boolean },
  io: Io,
  knowledge: Knowledge,
): Promise<number> {
  for (const path of paths) {
    if (!existsSync(path)) {
      writeLine(io.stderr, `${path}: there is no such file or folder`);
      return EXIT.usage;
    }
  }
  let skipped = 0;
  function onProblem({ file, line, what }: Problem): void {
    skipped += 1;
    writeLine(io.stderr, printable(`${line > 0 ? `${file}:${line}` : file}: skipped: ${what}`));
  }
  let judged = 0;
  if (!options.json) writeLine(io.stdout, row('STATUS', 'CONFIDENCE', 'LAYER/METHOD', 'INPUT'));
  for await (const read of readMeasurementFiles(paths, onProblem)) {
    const verdict = judge(read.measurement, knowledge);
    judged += 1;
    const lines = options.json ? [jsonLine(read, verdict)] : tableLines(read, verdict);
    for (const line of lines) await writeWaiting(io.stdout, `${line}\n`);
  }
  if (judged === 0) {
    writeLine(io.stderr, 'No measurement could be read.');
    return EXIT.failed;
  }
  return skipped > 0 ? EXIT.missing : EXIT.done;
}

/** A slow reader of stdout holds us back, so that memory stays bounded. */
async function writeWaiting(stream: NodeJS.WritableStream, text: string): Promise<void> {
  if (stream.write(text)) return;
  await new Promise<void>((resolve) => {
    stream.once('drain', resolve);
    stream.once('close', resolve);
  });
}

function jsonLine({ file, line, measurement }: ReadMeasurement, verdict: Verdict): string {
  return JSON.stringify({
    file,
    line,
    input: measurement.input,
    status: verdict.status,
    layer: verdict.layer,
    method: verdict.method,
    confidence: verdict.confidence,
    reasons: verdict.reasons,
    rule: verdict.rule,
  });
}

function tableLines({ measurement }: ReadMeasurement, verdict: Verdict): string[] {
  const how = [verdict.layer, verdict.method].filter((word) => word !== null).join('/');
  return [
    row(
      verdict.status,
      verdict.confidence.toFixed(2),
      how === '' ? '-' : how,
      measurement.input ?? measurement.test_name,
    ),
    ...verdict.reasons.map((reason) => `    ${printable(reason)}`),
  ];
}

function row(status: string, confidence: string, how: string, input: string): string {
  return `${status.padEnd(13)}${confidence.padEnd(12)}${how.padEnd(24)}${printable(input)}`;
}
