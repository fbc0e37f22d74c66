/** Addresses of downloads of data. */
import type { Window } from '../../store/store.ts';

export const EXPORT_FORMATS = ['csv', 'parquet', 'jsonl'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export function exportAddress({ fromMs, toMs }: Window, format: ExportFormat): string {
  const [from, to] = [fromMs, toMs].map((atMs) => new Date(atMs).toISOString().replace('.000Z', 'Z'));
  return `/api/export?from=${from ?? ''}&to=${to ?? ''}&format=${format}`;
}
