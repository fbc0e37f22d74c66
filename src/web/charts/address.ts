/** Permanent addresses of charts: an id and a window in UTC, so that a link shows tomorrow what it shows today. */
import type { Window } from '../../store/store.ts';
import { localPath } from '../languages.ts';
import type { Language } from '../names.ts';

export const CHART_FORMATS = ['svg', 'png', 'csv'] as const;
export type ChartFormat = (typeof CHART_FORMATS)[number];

/** `2026-03-12T15:45Z`. */
export function utcMinute(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 16)}Z`;
}

function windowQuery({ fromMs, toMs }: Window): string {
  return `from=${new Date(fromMs).toISOString().slice(0, 19)}Z&to=${new Date(toMs).toISOString().slice(0, 19)}Z`;
}

/** Charts stand at one address in every language. */
function languageQuery(language: Language, sign: '?' | '&'): string {
  return language === 'en' ? '' : `${sign}lang=${language}`;
}

/** Path and query. */
export function chartAddress(id: string, window: Window, format: ChartFormat, language: Language): string {
  return `/charts/${encodeURIComponent(id)}.${format}?${windowQuery(window)}${languageQuery(language, '&')}`;
}

/** Path and query of the page that others may put into a frame. */
export function embedAddress(id: string, window: Window, language: Language): string {
  return `/embed/${encodeURIComponent(id)}?${windowQuery(window)}${languageQuery(language, '&')}`;
}

/** Path of the picture that a link to the incident is shown with. */
export function cardAddress(incidentId: string, language: Language): string {
  return `/incidents/${encodeURIComponent(incidentId)}/card.png${languageQuery(language, '?')}`;
}

/** Path of an incident's page. */
export function incidentAddress(incidentId: string, language: Language): string {
  return localPath(language, `/incidents/${encodeURIComponent(incidentId)}`);
}
