/** The English catalogue. It is the model: `Messages` is its type, and another language must have every key of it. */
import { enCite, enFeed, enMap } from './en/cite.ts';
import { enClaims } from './en/claims.ts';
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
import { enHistory } from './en/history.ts';
import { enOutside } from './en/outside.ts';
import { enSweep } from './en/sweep.ts';
import { enVerdicts } from './en/verdicts.ts';
import type { Language } from '../names.ts';
import { createWords } from './words.ts';

const language: Language = 'en';

export const en = {
  language,
  words: createWords('en-GB'),
  site: {
    name: 'Aiqyn',
    tagline: 'Is the internet open in Kazakhstan?',
    description:
      'Measures from inside and outside Kazakhstan whether people can reach YouTube, Facebook, the messengers and the press.',
    skip: 'Skip to the content',
    navigation: 'Pages',
    nav: {
      '/': 'Now',
      '/incidents': 'Incidents',
      '/history': 'History',
      '/calendar': 'Calendar',
      '/correlation': 'Correlation',
      '/claims': 'Claims',
      '/vantages': 'Vantages',
      '/method': 'Method',
      '/data': 'Data',
    },
    footer:
      'Aiqyn (айқын) is Kazakh for “evident”. Verdicts are made from measurements by published rules; nobody edits them.',
    version: (version: string) => `Version ${version}`,
    network: (operator: string, place: string) => `${operator}, ${place}`,
    networkAccess: (operator: string, place: string, access: string) => `${operator}, ${place} (${access})`,
    unnamedNetwork: 'This machine’s network',
    unknownOperator: 'a network not named',
    unknownPlace: 'a place not named',
    at: (date: string, time: string) => `${date}, ${time}`,
    zoned: (time: string, zone: string) => `${time} (${zone})`,
    refreshed: 'The page was updated.',
    stalePage: 'The page could not be refreshed; what it shows may be old.',
  },
  headline: enHeadlines,
  note: enNotes,
  front: enFront,
  incidents: enIncidents,
  platforms: enPlatforms,
  vantages: enVantages,
  method: enMethod,
  events: enEvents,
  sweep: enSweep,
  outside: enOutside,
  history: enHistory,
  claims: enClaims,
  data: enData,
  error: enErrors,
  api: enApi,
  health: enHealth,
  verdict: enVerdicts,
  cite: enCite,
  feed: enFeed,
  map: enMap,
  chart: {
    legend: 'Colours',
    none: 'not measured',
    timeline: 'Reachability per platform',
    describe: (name: string, parts: readonly string[]) =>
      `${name}: ${parts.length === 0 ? 'no trouble seen' : parts.join('; ')}`,
    shaded: (from: string, to: string) => `The shaded time, ${from}–${to}`,
    moment: (at: string) => `The grey line, ${at}`,
    toTheHour: 'known to the hour',
    endNotKnown: 'its end is not known',
    event: (what: string, time: string, remarks: readonly (string | null)[]) =>
      [`${time}: ${what}`, ...remarks.filter((remark) => remark !== null)].join('; '),
    part: (status: string, from: string, to: string) => `${status.toLowerCase()} ${from}–${to}`,
    asText: 'The same in words',
    window: (from: string, to: string) => `${from} to ${to}`,
  },
};
