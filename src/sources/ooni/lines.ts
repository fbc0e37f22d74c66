/** Lines of a byte stream, each with its number, none longer than a bound: a line that is gets cut, named and dropped. */

/** OONI's largest measurements are some megabytes; 64 MiB is a file that is no measurement. */
export const LINE_BYTES_MAX = 64 * 1024 * 1024;

export interface Line {
  /** From 1. */
  readonly number: number;
  /** Null where the line was longer than the bound. */
  readonly text: string | null;
}

const NEWLINE = 0x0a;

/** Splits at line ends; a last line needs none. Memory stays within the bound and one chunk. */
export async function* linesOf(
  chunks: AsyncIterable<Uint8Array>,
  bytesMax = LINE_BYTES_MAX,
): AsyncIterable<Line> {
  let parts: Uint8Array[] = [];
  let bytes = 0;
  let number = 1;
  for await (const chunk of chunks) {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      yield { number, text: joined([...parts, chunk.subarray(from, end)], bytes + end - from, bytesMax) };
      [parts, bytes, number, from] = [[], 0, number + 1, end + 1];
    }
    bytes += chunk.length - from;
    // Past the bound only the count goes on: the line will be reported, not read.
    if (bytes > bytesMax) parts = [];
    else parts.push(chunk.subarray(from));
  }
  if (bytes > 0) yield { number, text: joined(parts, bytes, bytesMax) };
}

function joined(parts: readonly Uint8Array[], bytes: number, bytesMax: number): string | null {
  return bytes > bytesMax ? null : Buffer.concat(parts).toString('utf8');
}
