/** The report in three languages: one list of blocks, from which HTML and PDF are made. A function of what the bundle holds. */
import type { Catalog } from '../../probes/catalog.ts';
import { en as enAlerts } from '../alerts/texts/en.ts';
import { kk as kkAlerts } from '../alerts/texts/kk.ts';
import { ru as ruAlerts } from '../alerts/texts/ru.ts';
import type { Texts } from '../alerts/texts/texts.ts';
import { voicesOf } from '../analysis/corroborate/witnessed.ts';
import type { Incident } from '../analysis/detect/point.ts';
import { STATUSES } from '../analysis/verdict/verdict.ts';
import type { AiqynEvent } from '../events/event.ts';
import { voicesSentence } from '../web/overview/voices.ts';
import { isOpaquePng } from '../web/charts/opaque-png.ts';
import { messages } from '../web/messages/messages.ts';
import { createNameBook } from '../web/names.ts';
import type { NameBook } from '../web/names.ts';
import { offsetName, zoneOffsetMs } from '../web/messages/words.ts';
import type { Figures } from './figures.ts';
import { en } from './texts/en.ts';
import { kk } from './texts/kk.ts';
import { ru } from './texts/ru.ts';
import type { ReportTexts } from './texts/texts.ts';

/** A file of the bundle that is held in memory. */
export interface MadeFile {
  readonly path: string;
  readonly content: Buffer;
}

const REASONS_SHOWN_MAX = 30;
const EVENTS_SHOWN_MAX = 50;

/** One piece of a row: a number has the name under which it can be found again. */
export type Cell = string | { readonly figure: string; readonly value: number };
export type Block =
  | { readonly kind: 'title'; readonly text: string }
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'facts'; readonly rows: readonly (readonly [string, Cell])[] }
  | { readonly kind: 'table'; readonly head: readonly string[]; readonly rows: readonly (readonly Cell[])[] }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  /** `picture`: PNG without transparency, for print. */
  | {
      readonly kind: 'chart';
      readonly path: string;
      readonly picture: Buffer | null;
      readonly text: string;
    };

export interface ReportFacts {
  readonly incident: Incident;
  readonly figures: Figures;
  readonly events: readonly AiqynEvent[];
  /** Those of one language end in `-<language>.svg`, and the same as a picture in `-<language>.png`. */
  readonly charts: readonly MadeFile[];
  readonly catalog: Catalog;
}

export interface ReportLanguage {
  readonly say: ReportTexts;
  readonly alerts: Texts;
}

export const LANGUAGES: readonly ReportLanguage[] = [
  { say: en, alerts: enAlerts },
  { say: ru, alerts: ruAlerts },
  { say: kk, alerts: kkAlerts },
];

interface Around extends ReportFacts, ReportLanguage {
  readonly names: NameBook;
  readonly zone: string;
}

export function reportBlocks(facts: ReportFacts, language: ReportLanguage): Block[] {
  const names = createNameBook(facts.catalog, language.say.language);
  const around = { ...facts, ...language, names, zone: names.timeZone(facts.incident.places[0]) };
  const { say, incident } = around;
  const platforms = incident.platforms.map((id) => names.platform(id));
  const reasons = [...new Set(reasonsOf(incident))].slice(0, REASONS_SHOWN_MAX);
  return [
    { kind: 'title', text: say.title },
    { kind: 'text', text: `${language.alerts.what(incident.kind, incident.endMs !== null, platforms)}.` },
    { kind: 'facts', rows: incidentRows(around, platforms) },
    { kind: 'heading', text: say.numbers },
    { kind: 'facts', rows: figureRows(around) },
    ...chartBlocks(around),
    { kind: 'heading', text: say.byNetwork },
    networkTable(around),
    { kind: 'heading', text: say.byRule },
    ruleTable(around),
    { kind: 'heading', text: say.reasons },
    { kind: 'text', text: say.reasonsNote },
    { kind: 'list', items: reasons },
    { kind: 'heading', text: say.meanwhile },
    eventBlock(around),
    { kind: 'heading', text: say.check },
    { kind: 'text', text: say.checkHow },
  ];
}

/** Drawings that are in this language, or in none; each as a picture too where there is one that can be printed. */
function chartBlocks({ charts, say }: Around): Block[] {
  return charts
    .filter(({ path }) => {
      const [, language = say.language] = /-(\w+)\.svg$/.exec(path) ?? [];
      return path.endsWith('.svg') && language === say.language;
    })
    .map(({ path }): Block => {
      const picture = charts.find((one) => one.path === path.replace(/svg$/, 'png'))?.content ?? null;
      const isPrintable = picture !== null && isOpaquePng(picture);
      return { kind: 'chart', path, picture: isPrintable ? picture : null, text: `${say.chart}: ${path}` };
    });
}

function reasonsOf({ reasons, members }: Incident): readonly string[] {
  return reasons.length > 0 ? reasons : members.flatMap((member) => member.reasons);
}

/** UTC and the place's own time, with its date where that is another; digits alone, so that no table of months changes a report. */
function time(atMs: number, zone: string): string {
  const utc = new Date(atMs).toISOString();
  const local = new Date(atMs + zoneOffsetMs(atMs, zone)).toISOString();
  const date = local.slice(0, 10) === utc.slice(0, 10) ? '' : `${local.slice(0, 10)} `;
  const here = `${date}${local.slice(11, 16)} ${offsetName(atMs, zone)}`;
  return `${utc.slice(0, 16).replace('T', ' ')} UTC (${here})`;
}

function timeOrNone(atMs: number | null, zone: string): string {
  return atMs === null ? '–' : time(atMs, zone);
}

function incidentRows({ say, incident, names, zone }: Around, platforms: readonly string[]) {
  const percent = `${Math.round(incident.confidence * 100)} %`;
  const rows: (readonly [string, Cell])[] = [
    [say.incident, incident.id],
    [say.started, time(incident.startMs, zone)],
    [say.ended, incident.endMs === null ? say.goesOn : time(incident.endMs, zone)],
    [say.detected, time(incident.detectedAtMs, zone)],
    [say.platforms, platforms.join(', ') || '–'],
    [say.networks, incident.operators.map((id) => names.operator(id)).join(', ')],
    [say.places, incident.places.map((id) => names.place(id)).join(', ')],
    [say.confidence, percent],
  ];
  const spoken = messages(say.language);
  const voices = voicesSentence(spoken, voicesOf(incident));
  return voices === null ? rows : [...rows, [spoken.outside.title, voices] as const];
}

function figureRows({ say, figures, zone }: Around) {
  const rows: (readonly [string, Cell])[] = [
    [say.measurements, { figure: 'measurements', value: figures.measurements }],
    [say.compared, { figure: 'compared', value: figures.compared }],
    [say.controls, { figure: 'controls', value: figures.controls }],
    ...STATUSES.map((status): readonly [string, Cell] => [
      say.status[status],
      { figure: `status-${status}`, value: figures.byStatus[status] },
    ]),
    [say.firstTrouble, timeOrNone(figures.firstTroubleMs, zone)],
    [say.lastTrouble, timeOrNone(figures.lastTroubleMs, zone)],
  ];
  return rows;
}

function networkTable({ say, figures, names }: Around): Block {
  const seen = STATUSES.filter((status) => figures.byStatus[status] > 0);
  const words: Readonly<Record<string, string>> = say.access;
  return {
    kind: 'table',
    head: [say.network, say.vantages, say.measurements, ...seen.map((status) => say.status[status])],
    rows: figures.networks.map(({ operator, place, access, vantages, measurements, byStatus }) => {
      const key = `${operator}-${place}-${access}`;
      return [
        `${names.operator(operator)} (${operator}), ${names.place(place)}, ${words[access] ?? access}`,
        { figure: `vantages-${key}`, value: vantages },
        { figure: `measurements-${key}`, value: measurements },
        ...seen.map((status) => ({ figure: `${status}-${key}`, value: byStatus[status] })),
      ];
    }),
  };
}

function ruleTable({ say, figures }: Around): Block {
  return {
    kind: 'table',
    head: [say.rule, say.measurements],
    rows: figures.rules.map(({ rule, measurements }) => [
      rule,
      { figure: `rule-${rule}`, value: measurements },
    ]),
  };
}

function eventBlock({ say, events, zone }: Around): Block {
  if (events.length === 0) return { kind: 'text', text: say.nothingKnown };
  const shown = events.slice(0, EVENTS_SHOWN_MAX);
  return {
    kind: 'list',
    items: shown.map(({ startMs, title, titles, claim }) => {
      const said = claim === undefined || claim === null ? '' : ` — ${claim.who}: ${claim.summary}`;
      return `${time(startMs, zone)}: ${titles?.[say.language] ?? title}${said}`;
    }),
  };
}
