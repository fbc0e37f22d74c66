/** A table of text for a terminal. */

/** Columns padded to their longest cell; the first row is the head. */
export function tableOf(rows: readonly (readonly string[])[]): string[] {
  const columns = Math.max(0, ...rows.map((row) => row.length - 1));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** Milliseconds between two stamps in seconds; empty where one is not known. */
export function milliseconds(t0: number | null, t: number | null): string {
  return t0 === null || t === null ? '' : ((t - t0) * 1_000).toFixed(0);
}
