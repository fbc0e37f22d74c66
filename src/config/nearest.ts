/** "Did you mean …": the known word that a mistyped one is nearest to. */

const WORD_LENGTH_MAX = 64;

/** The nearest of `known` within a third of the word's length in edits (at least one, at most three), else null. */
export function nearest(word: string, known: readonly string[]): string | null {
  if (word.length > WORD_LENGTH_MAX) return null;
  const folded = fold(word);
  const limit = Math.min(3, Math.max(1, Math.floor(folded.length / 3)));
  let best: string | null = null;
  let bestEdits = limit + 1;
  for (const candidate of known) {
    if (candidate.length > WORD_LENGTH_MAX) continue;
    const edits = editDistance(folded, fold(candidate));
    if (edits < bestEdits) [best, bestEdits] = [candidate, edits];
  }
  return best;
}

/** `data_dir`, `data-dir` and `dataDir` are one word to a person. */
function fold(word: string): string {
  return word.toLowerCase().replace(/[\s_-]/g, '');
}

/** Edits between two words: insert, delete, replace, swap of neighbours (optimal string alignment). */
function editDistance(a: string, b: string): number {
  const firstRow = Array.from({ length: b.length + 1 }, (_, index) => index);
  let rows: readonly [readonly number[], readonly number[]] = [[], firstRow];
  for (let row = 1; row <= a.length; row += 1) rows = [rows[1], nextRow(a, b, row, rows)];
  return cell(rows[1], b.length);
}

/** One row of the table from the two above it. */
function nextRow(
  a: string,
  b: string,
  row: number,
  [beforeLast, last]: readonly [readonly number[], readonly number[]],
): number[] {
  const current = [row];
  for (let column = 1; column <= b.length; column += 1) {
    const replace = cell(last, column - 1) + (a[row - 1] === b[column - 1] ? 0 : 1);
    const swaps = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
    const swap = swaps ? cell(beforeLast, column - 2) + 1 : Infinity;
    current.push(Math.min(cell(last, column) + 1, cell(current, column - 1) + 1, replace, swap));
  }
  return current;
}

function cell(row: readonly number[], column: number): number {
  return row[column] ?? Infinity;
}
