/** The English catalogue. It is the model: `Messages` is its type, and another language must have every key of it. */
import { enAssociation } from './en/association.ts';
import { enBorrowed } from './en/borrowed.ts';
import { enCite, enFeed, enMap } from './en/cite.ts';
import { enClaims } from './en/claims.ts';
import { enCorrections } from './en/corrections.ts';
import { enEvents } from './en/events.ts';
import { enFront, enHeadlines, enNotes } from './en/front.ts';
import {
  enApi,
  enData,
  enErrors,
  enHealth,
  enIncidents,
  enMethod,
  enPlatforms,
  enVantages,
} from './en/pages.ts';
import { enChart, enSite } from './en/site.ts';
import { enIncident } from './en/incident.ts';
import { enReasons } from './en/reasons.ts';
import { enRules } from './en/rules.ts';
import { enSafety } from './en/safety.ts';
import { enOperators, enPlaces, enTimeline } from './en/scopes.ts';
import { enHistory } from './en/history.ts';
import { enOutside } from './en/outside.ts';
import { enSweep } from './en/sweep.ts';
import { enTransparency } from './en/transparency.ts';
import { enVerdicts } from './en/verdicts.ts';
import { createWords } from './words.ts';

export const en = {
  language: 'en' as const,
  words: createWords('en-GB'),
  site: enSite,
  headline: enHeadlines,
  note: enNotes,
  front: enFront,
  incidents: enIncidents,
  incident: enIncident,
  timeline: enTimeline,
  operators: enOperators,
  places: enPlaces,
  platforms: enPlatforms,
  vantages: enVantages,
  borrowed: enBorrowed,
  method: enMethod,
  rules: enRules,
  reasons: enReasons,
  safety: enSafety,
  events: enEvents,
  association: enAssociation,
  sweep: enSweep,
  transparency: enTransparency,
  outside: enOutside,
  history: enHistory,
  claims: enClaims,
  corrections: enCorrections,
  data: enData,
  error: enErrors,
  api: enApi,
  health: enHealth,
  verdict: enVerdicts,
  cite: enCite,
  feed: enFeed,
  map: enMap,
  chart: enChart,
};
