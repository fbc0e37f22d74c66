/** The Kazakh catalogue. */
import type { Messages } from './messages.ts';
import { kkAssociation } from './kk/association.ts';
import { kkBorrowed } from './kk/borrowed.ts';
import { kkCite, kkFeed, kkMap } from './kk/cite.ts';
import { kkClaims } from './kk/claims.ts';
import { kkCorrections } from './kk/corrections.ts';
import { kkEvents } from './kk/events.ts';
import { kkFront, kkHeadlines, kkNotes } from './kk/front.ts';
import { kkWords } from './kk/grammar.ts';
import {
  kkApi,
  kkData,
  kkErrors,
  kkHealth,
  kkIncidents,
  kkMethod,
  kkPlatforms,
  kkVantages,
} from './kk/pages.ts';
import { kkChart, kkSite } from './kk/site.ts';
import { kkIncident } from './kk/incident.ts';
import { kkReasons } from './kk/reasons.ts';
import { kkRules } from './kk/rules.ts';
import { kkSafety } from './kk/safety.ts';
import { kkOperators, kkPlaces, kkTimeline } from './kk/scopes.ts';
import { kkHistory } from './kk/history.ts';
import { kkOutside } from './kk/outside.ts';
import { kkSweep } from './kk/sweep.ts';
import { kkTransparency } from './kk/transparency.ts';
import { kkVerdicts } from './kk/verdicts.ts';

export const kk: Messages = {
  language: 'kk',
  words: kkWords,
  site: kkSite,
  headline: kkHeadlines,
  note: kkNotes,
  front: kkFront,
  incidents: kkIncidents,
  incident: kkIncident,
  timeline: kkTimeline,
  operators: kkOperators,
  places: kkPlaces,
  platforms: kkPlatforms,
  vantages: kkVantages,
  borrowed: kkBorrowed,
  method: kkMethod,
  rules: kkRules,
  reasons: kkReasons,
  safety: kkSafety,
  events: kkEvents,
  corrections: kkCorrections,
  association: kkAssociation,
  sweep: kkSweep,
  outside: kkOutside,
  history: kkHistory,
  transparency: kkTransparency,
  claims: kkClaims,
  data: kkData,
  error: kkErrors,
  api: kkApi,
  health: kkHealth,
  verdict: kkVerdicts,
  cite: kkCite,
  feed: kkFeed,
  map: kkMap,
  chart: kkChart,
};
