/** English: months and years past, what was measured in them and by whom, and what happened. */
import { createWords } from '../words.ts';

const { number, plural } = createWords('en-GB');

export const enHistory = {
  title: 'History',
  intro:
    'Month by month: what was measured and by whom, what was taken in later from others, and which incidents there were. A month in which nobody measured is left out: that it has no incident says nothing.',
  none: 'Nothing has been measured or taken in yet. “aiqyn backfill ooni” brings what OONI’s volunteers measured since 2012, “aiqyn import ioda” what IODA counted.',
  month: 'Month',
  days: 'Days measured',
  own: 'Our vantages',
  volunteers: 'OONI’s volunteers, taken in',
  numbers: 'Numbers of others',
  outside: 'Outages that others tell of',
  incidents: 'Incidents',
  events: 'Events in the calendar',
  measurements: (count: number) =>
    count === 0 ? '–' : plural(count, { one: 'one measurement', other: `${number(count)} measurements` }),
  count: (count: number) => number(count),
  told: (source: string, count: number) => `${source}: ${number(count)}`,
  numbersOf: (source: string, series: number, numbers: number) =>
    `${source}: ${plural(series, { one: 'one series', other: `${number(series)} series` })}, ${plural(numbers, { one: 'one number', other: `${number(numbers)} numbers` })}`,
  ofStop: (events: number, stop: number) => `${number(events)}, ${number(stop)} of them taken in from STOP`,
  yearTitle: (year: number) => `The year ${year}`,
  yearIncidents: 'Incidents of this year',
  yearIncidentsNone: 'No incident is known of this year.',
  more: (count: number) =>
    plural(count, { one: 'One more is in the API.', other: `${number(count)} more are in the API.` }),
  associations: 'What the incidents of this year go with',
  associationsText:
    'Incidents of this year against the events of the calendar in it, as on the page “Correlation”, which looks at the last year.',
  associationsNone: 'There is nothing to compare: no event of the calendar lies in what was measured.',
  tooFew: (count: number) =>
    plural(count, {
      one: 'One comparison has too few events to say anything.',
      other: `${number(count)} comparisons have too few events to say anything.`,
    }),
  back: 'All years',
};
