/** English: the frame around every page, and charts. */

export const enSite = {
  name: 'Aiqyn',
  tagline: 'Is the internet open in Kazakhstan?',
  description:
    'Measures from inside and outside Kazakhstan whether people can reach YouTube, Facebook, the messengers and the press.',
  skip: 'Skip to the content',
  navigation: 'Pages',
  languages: 'Language',
  offer: 'This page is also in English.',
  nav: {
    '/': 'Now',
    '/timeline': 'Timeline',
    '/incidents': 'Incidents',
    '/history': 'History',
    '/calendar': 'Calendar',
    '/correlation': 'Correlation',
    '/claims': 'Claims',
    '/vantages': 'Vantages',
    '/method': 'Method',
    '/safety': 'Safety',
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
};

export const enChart = {
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
};
