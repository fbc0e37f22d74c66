/** A chart's numbers as CSV (RFC 4180): what is drawn, piece by piece. */
import type { Chart } from './charts.ts';

const HEADER = 'start,end,row,status,share_of_networks';

/** Quoted where it must be; what a spreadsheet would take for a formula begins with an apostrophe. */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Instants are ISO 8601 in UTC; `share_of_networks` (0–1) is that of the networks measured in the piece. */
export function chartCsv({ strips, window }: Pick<Chart, 'strips' | 'window'>): string {
  const rows = strips.flatMap(({ label, segments }) =>
    segments.map(({ startMs, endMs, status, share }) =>
      [
        new Date(Math.max(startMs, window.fromMs)).toISOString(),
        new Date(Math.min(endMs, window.toMs)).toISOString(),
        cell(label),
        status,
        String(Math.round(share * 1_000) / 1_000),
      ].join(','),
    ),
  );
  return [HEADER, ...rows, ''].join('\r\n');
}
