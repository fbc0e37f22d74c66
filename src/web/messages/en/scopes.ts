/** English: the timeline, an operator, a place. */
import { createWords } from '../words.ts';

const { number } = createWords('en-GB');

export const enTimeline = {
  title: 'Timeline',
  intro: 'What could be reached, platform by platform, and what happened meanwhile.',
  lengths: 'How much time',
  /** By days. */
  length: { 1: '24 hours', 3: '3 days', 7: '7 days', 31: '31 days' },
  move: 'Another time',
  earlier: 'Earlier',
  later: 'Later',
  latest: 'Until now',
  chart: 'Platform by platform',
  note: 'Thin: reachable. Tall: in trouble, the taller the more of the networks. A gap: not measured.',
  none: 'Nothing was measured in this time.',
  incidents: 'Incidents in this time',
  noIncidents: 'No incident falls in this time.',
  events: 'Events in this time',
  noEvents: 'No event in the calendar falls in this time.',
  more: (count: number) => `There are ${number(count)} more.`,
};

export const enOperators = {
  title: (operator: string) => `${operator}: what can be reached?`,
  none: 'Nothing was measured on this network in the last half hour.',
  asns: 'AS numbers',
  access: 'Kinds of access',
  places: 'Measured in',
  now: 'Right now, place by place',
  day: (hours: number) => `The last ${number(hours)} hours, platform by platform`,
  incidents: 'Incidents on this network',
  claims: 'Statements that name it',
};

export const enPlaces = {
  title: (place: string) => `${place}: what can be reached?`,
  none: 'Nothing was measured here in the last half hour.',
  timeZone: 'Time zone',
  operators: 'Measured on',
  now: 'Right now, network by network',
  day: (hours: number) => `The last ${number(hours)} hours, platform by platform`,
  incidents: 'Incidents here',
  events: 'Events here',
};
