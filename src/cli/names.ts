/** What people call things: ids become the catalogue's names in every sentence that a command prints. */
import type { Catalog } from '../../probes/catalog.ts';
import type { SummaryNames } from '../analysis/detect/summary.ts';
import { createNameBook } from '../web/names.ts';

function utc(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** English names and UTC: what a command prints is compared, quoted and piped, wherever it ran. */
export function commandNames(catalog: Catalog): SummaryNames {
  const { platform, operator, place } = createNameBook(catalog, 'en');
  return { platform, operator, place, time: utc };
}
