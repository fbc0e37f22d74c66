/** Access Now's STOP list of shutdowns (JSON, one object a row) as calendar facts. Only rows about Kazakhstan are taken. */
import { z } from 'zod';
import type { CalendarFact } from '../fact.ts';
import type { PlaceBook } from '../places.ts';
import { checked, slugOf, withUniqueIds } from './from.ts';
import type { ImportAnswer } from './from.ts';

/** Begins the ids of events that were taken in from it. */
export const STOP_PREFIX = 'stop-';
const ROWS_MAX = 10_000;
const Text = z
  .string()
  .nullish()
  .transform((text) => text?.trim() ?? '');

/** From others: only what we use. */
const StopRow = z.object({
  start_date_type: Text,
  start_date: z.string(),
  end_date: Text,
  country: z.string(),
  area_name: Text,
  shutdown_type: Text,
  affected_network: Text,
  shutdown_extent: Text,
  actual_cause: Text,
  shutdown_status: Text,
  gov_justification: Text,
  gov_ack: Text,
  gov_ack_quote: Text,
  telco_ack: Text,
  telco_ack_quote: Text,
  telcos_involved: Text,
  facebook_affected: Text,
  twitter_affected: Text,
  whatsapp_affected: Text,
  instagram_affected: Text,
  telegram_affected: Text,
  other_affected: Text,
  info_source_link: Text,
  an_link: Text,
  event: Text,
});
type StopRow = z.infer<typeof StopRow>;
const StopFile = z.array(z.unknown()).max(ROWS_MAX);

const OTHERS: readonly (readonly [RegExp, string])[] = [
  [/youtube/i, 'youtube'],
  [/signal/i, 'signal'],
  [/\bvk\b|vkontakte/i, 'vk'],
  [/tiktok/i, 'tiktok'],
];

function platformsOf(row: StopRow, isFull: boolean): string[] {
  const named = [
    ['facebook', row.facebook_affected],
    ['x', row.twitter_affected],
    ['whatsapp', row.whatsapp_affected],
    ['instagram', row.instagram_affected],
    ['telegram', row.telegram_affected],
  ] as const;
  return [
    ...named.filter(([, affected]) => affected === 'Yes').map(([platform]) => platform),
    ...OTHERS.filter(([pattern]) => pattern.test(row.other_affected)).map(([, platform]) => platform),
    ...(isFull && row.affected_network.includes('Broadband') ? ['internet'] : []),
    ...(isFull && row.affected_network.includes('Mobile') ? ['mobile'] : []),
  ];
}

/** Who said what: only what the list states as a statement; a cause that others found is no claim. */
function claimOf(row: StopRow): object | null {
  if (row.gov_ack === 'Yes')
    return {
      stance: 'confirms',
      who: 'government',
      summary: row.gov_ack_quote === '' ? row.gov_justification : row.gov_ack_quote,
    };
  if (row.telco_ack === 'Yes')
    return {
      stance: 'confirms',
      who: row.telcos_involved === '' ? 'operators' : row.telcos_involved.slice(0, 300),
      summary: row.telco_ack_quote,
    };
  if (/technical/i.test(row.gov_justification))
    return { stance: 'denies', who: 'government', summary: row.gov_justification };
  return null;
}

/** Days; the list writes midnight in UTC for a day. */
function dayOf(text: string): string {
  return text.slice(0, 10);
}

function endOf(row: StopRow): string | null {
  return row.end_date === '' ? null : dayOf(row.end_date);
}

const NATIONWIDE = /nation|^kazakhstan$/i;

/** A cut of one town says nothing of the country. An area without a place that is known stays as it was written. */
function placesOf(area: string, book: PlaceBook): string[] {
  if (area === '' || NATIONWIDE.test(area)) return [];
  const found = book.idsIn(area);
  return found.length === 0 ? [area.slice(0, 200)] : found;
}

function factOf(row: StopRow, book: PlaceBook): object {
  const isFull = row.shutdown_extent.includes('Full network');
  const isShutdown = isFull && row.shutdown_type.includes('Shutdown');
  const area = row.area_name === '' ? 'Kazakhstan' : row.area_name;
  const links = `${row.info_source_link} ${row.an_link}`.match(/https?:\/\/[^\s;,]+/g) ?? [];
  return {
    id: `${STOP_PREFIX}${dayOf(row.start_date)}-${slugOf(area)}`,
    kind: isShutdown ? 'shutdown' : 'block',
    start: dayOf(row.start_date),
    end: endOf(row),
    precision: 'day',
    approximate: row.start_date_type === 'Estimated',
    titles: { en: `${row.shutdown_type}: ${area} (${row.actual_cause})`.slice(0, 300) },
    places: placesOf(row.area_name, book),
    platforms: platformsOf(row, isFull),
    sources: ['Access Now, STOP list of internet shutdowns', ...new Set(links)],
    confidence: 'medium',
    claim: claimOf(row),
    ...(row.event === '' ? {} : { notes: row.event.slice(0, 4_000) }),
  };
}

/** Null where the text is no list of rows. */
export function importStop(text: string, book: PlaceBook): ImportAnswer | null {
  let rows: unknown[];
  try {
    rows = StopFile.parse(JSON.parse(text));
  } catch {
    // Neither JSON nor a list: the caller says which file.
    return null;
  }
  const answer: { facts: CalendarFact[]; remarks: string[] } = { facts: [], remarks: [] };
  rows.forEach((raw, index) => {
    const row = StopRow.safeParse(raw);
    if (!row.success) {
      answer.remarks.push(`Row ${index + 1} is not in the list’s shape and was left out.`);
      return;
    }
    if (row.data.country === 'Kazakhstan') checked(factOf(row.data, book), `Row ${index + 1}`, answer);
  });
  return { facts: withUniqueIds(answer.facts), remarks: answer.remarks };
}
