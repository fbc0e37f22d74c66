/** The Russian catalogue. */
import type { Messages } from './messages.ts';
import { ruAssociation } from './ru/association.ts';
import { ruBorrowed } from './ru/borrowed.ts';
import { ruCite, ruFeed, ruMap } from './ru/cite.ts';
import { ruClaims } from './ru/claims.ts';
import { ruCorrections } from './ru/corrections.ts';
import { ruEvents } from './ru/events.ts';
import { ruFront, ruHeadlines, ruNotes } from './ru/front.ts';
import { ruWords } from './ru/grammar.ts';
import {
  ruApi,
  ruData,
  ruErrors,
  ruHealth,
  ruIncidents,
  ruMethod,
  ruPlatforms,
  ruVantages,
} from './ru/pages.ts';
import { ruChart, ruSite } from './ru/site.ts';
import { ruIncident } from './ru/incident.ts';
import { ruReasons } from './ru/reasons.ts';
import { ruRules } from './ru/rules.ts';
import { ruSafety } from './ru/safety.ts';
import { ruOperators, ruPlaces, ruTimeline } from './ru/scopes.ts';
import { ruHistory } from './ru/history.ts';
import { ruOutside } from './ru/outside.ts';
import { ruSweep } from './ru/sweep.ts';
import { ruTransparency } from './ru/transparency.ts';
import { ruVerdicts } from './ru/verdicts.ts';

export const ru: Messages = {
  language: 'ru',
  words: ruWords,
  site: ruSite,
  headline: ruHeadlines,
  note: ruNotes,
  front: ruFront,
  incidents: ruIncidents,
  incident: ruIncident,
  timeline: ruTimeline,
  operators: ruOperators,
  places: ruPlaces,
  platforms: ruPlatforms,
  vantages: ruVantages,
  borrowed: ruBorrowed,
  method: ruMethod,
  rules: ruRules,
  reasons: ruReasons,
  safety: ruSafety,
  events: ruEvents,
  corrections: ruCorrections,
  association: ruAssociation,
  sweep: ruSweep,
  outside: ruOutside,
  history: ruHistory,
  transparency: ruTransparency,
  claims: ruClaims,
  data: ruData,
  error: ruErrors,
  api: ruApi,
  health: ruHealth,
  verdict: ruVerdicts,
  cite: ruCite,
  feed: ruFeed,
  map: ruMap,
  chart: ruChart,
};
