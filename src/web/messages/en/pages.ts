/** English: everything but the front page. */
import { createWords } from '../words.ts';

const { plural, number } = createWords('en-GB');

export const enIncidents = {
  title: 'Incidents',
  intro: 'Every interval in which something was blocked, slowed, intercepted or cut off, newest first.',
  none: 'No incident has been recorded yet.',
  noneFor: 'No incident has been recorded for it yet.',
  started: 'Began',
  ended: 'Ended',
  stillOpen: 'Still going on',
  detected: 'Noticed',
  duration: 'Lasts',
  lasted: 'Lasted',
  confidence: 'Confidence',
  sure: (percent: string): string => `confidence ${percent}`,
  confidenceWord: (confidence: number): string =>
    confidence >= 0.85 ? 'high' : confidence >= 0.65 ? 'good' : confidence >= 0.5 ? 'fair' : 'low',
  rounded: 'Instants are rounded down to five minutes; how long it lasted is not rounded so.',
  percent: (share: number) => `${number(share * 100)} %`,
  platforms: 'Platforms',
  networks: 'Networks',
  places: 'Places',
  vantages: 'Seen by',
  vantageCount: (count: number) => plural(count, { one: 'one vantage', other: `${number(count)} vantages` }),
  how: 'How it is done',
  why: 'What this rests on',
  noReasons: 'The measurements behind it are in the archive.',
  byNetwork: 'Network by network',
  network: 'Network',
  seenAs: 'Seen as',
  openings: 'Lifted in between',
  openingsNone: 'It was not lifted in between.',
  around: 'Before, during and after',
  outside: 'Seen from outside',
  outsideWith:
    'The same addresses were measured from outside the country. What failed inside and worked outside was counted; what failed in both places was not.',
  outsideWithout:
    'No control outside the country takes part at present. Verdicts then rest on what the network shows by itself: the same address answering under a harmless name, a certificate known to be forged, an address that cannot be right.',
  outsideDown: 'It failed from outside the country too: nobody inside is blocking it.',
  json: 'This incident as JSON',
  to: 'to',
  page: (page: number) => `Page ${number(page)}`,
  older: 'Older incidents',
  newer: 'Newer incidents',
};

export const enPlatforms = {
  title: (platform: string) => `${platform}: is it reachable?`,
  now: 'Right now, network by network',
  day: (hours: number) => `The last ${number(hours)} hours, network by network`,
  addresses: 'What is measured',
  address: 'What',
  incidents: 'Incidents',
  none: 'Nothing was measured for it in the last half hour.',
  parts: {
    main: 'front door',
    cdn: 'images and scripts',
    api: 'interface for apps',
    video: 'video',
    chat: 'messages',
    ingest: 'live broadcast',
  },
};

export const enVantages = {
  title: 'Where we measure from',
  intro:
    'A vantage is named by its network and its city at the finest. No address of any vantage is stored or published.',
  place: 'Place',
  network: 'Network',
  access: 'Access',
  connectivity: 'How far it gets',
  lastHeard: 'Last heard',
  waiting: 'Waiting to be sent',
  budget: 'Data budget',
  budgetStep: {
    full: 'all checks run',
    light_only: 'used up for full pages; light checks go on',
    thinned: 'nearly used up; light checks run less often',
  },
  unknown: 'not measured yet',
  silent: 'Silent',
  elsewhere: 'In another network than its own; not counted',
};

export const enMethod = {
  title: 'How a verdict is made',
  sections: [
    {
      title: 'What is measured',
      paragraphs: [
        'Every minute each vantage resolves, connects to and shakes hands with what a platform really needs: its front door, its interface for apps, its video and image servers. Every quarter of an hour, and at once when something fails, it fetches the whole page.',
        'Each step is kept as it was seen: the answer of the name servers, the connection, the certificate, the page. A measurement is never edited.',
      ],
    },
    {
      title: 'When we say “blocked”',
      paragraphs: [
        'When it fails here and works outside the country at the same time; or when the same address answers under a harmless name and goes silent under the site’s own; or when a forged certificate or a false address gives it away.',
        'A failure is tried again three times within ten seconds, and so is that of the next minute. An incident is opened only when re-tests and, where there are several, other vantages agree.',
      ],
    },
    {
      title: 'When we do not',
      paragraphs: [
        'When the vantage’s own network is at fault, when the site is down everywhere, when the control outside does not answer, or when our own software failed. Such a measurement is shown as offline, down or unclear, and counts as nothing.',
        'A single vantage that goes silent is called silent, not a shutdown.',
      ],
    },
    {
      title: 'What this cannot tell',
      paragraphs: [
        'Who ordered it, or why. What happens on networks and in towns where we have no vantage. Blocks that touch only some subscribers, or last less than a round of checks.',
        'Times are known to one round of checks; these pages round them to five minutes to protect those who measure.',
      ],
    },
  ],
  statuses: 'The words we use',
};

export const enData = {
  title: 'Data and API',
  intro: 'Everything on these pages can be read by programs, free and without a key. Read-only.',
  docs: 'The whole interface, to read and to try',
  endpoints: {
    '/api/status': 'what is reachable now, per platform and network',
    '/api/incidents': 'incidents, with filters',
    '/api/series': 'verdicts per time step, by platform, network or place',
    '/api/events': 'livestreams, rallies, elections and other events in the calendar',
    '/api/associations': 'how strongly incidents go with events',
    '/api/claims': 'what authorities and operators said',
    '/api/vantages': 'where we measure from',
    '/api/sweep': 'which share of mobile networks answers from outside',
    '/api/transparency': 'the log of signed days, with which everybody can check that nothing was rewritten',
    '/api/sources': 'who else is asked outside, and whether they answer',
    '/api/outside': 'what those outside count, against what is usual',
    '/api/export':
      'every verdict of a time span as CSV, Parquet or JSON lines, by platform, network or place',
    '/metrics': 'the monitor’s own health, for Prometheus',
    '/healthz': 'whether the monitor itself works',
  },
  live: 'Whoever wants to know at once can listen: this address sends server-sent events, with one named “change” when what the front page shows has changed.',
  exportTitle: 'Whole data sets',
  exportText:
    'On the machine that runs the monitor, the command below writes every verdict of a time span to a file (csv, parquet or jsonl).',
  exportLinks: 'The last 24 hours, for example (ten downloads in ten minutes for each address):',
  charts: 'Charts to cite',
  chartsText: 'Each chart has an address that keeps showing the same window of time:',
  rounding:
    'Series and the state of vantages are rounded to network, city and five minutes. Begin and end of an incident are given as detected. No address of a vantage is published.',
};

export const enErrors = {
  notFoundTitle: 'There is no such page',
  notFound: 'The address may be mistyped, or the incident was merged into another one.',
  failedTitle: 'Something went wrong here',
  failed: 'This is our fault, not yours. It was written to the log; please try again in a minute.',
  storeAwayTitle: 'The store is away',
  storeAway: (waiting: number) =>
    `What was measured cannot be shown until the store answers again. Measuring goes on, and nothing is lost: ${number(waiting)} measurements wait in the spool. Please try again in a minute.`,
  badTitle: 'That request cannot be answered',
  busyTitle: 'Too many requests',
  busy: 'Please wait a minute and try again.',
  back: 'To the front page',
};

export const enApi = {
  notFound: 'There is nothing at this address. See /api/docs for what there is.',
  noIncident: (id: string) =>
    `There is no incident with the id “${id}”. It may have been merged into another one.`,
  invalid: 'A parameter is wrong.',
  crowded: 'Too many readers at this moment. Please try again in a few seconds.',
  exportBusy: 'Other downloads are going on. Please try again in a minute.',
  windowOrder: '“from” must be earlier than “to”.',
  windowLong: (days: number) => `The window may be at most ${number(days)} days long.`,
  tooMany: (steps: number, most: number) =>
    `This would be ${number(steps)} time steps; at most ${number(most)} are answered at once. Choose a longer “bucket” or a shorter window.`,
  tooManyRows: (most: number) =>
    `The answer would have more than ${number(most)} rows. Choose a longer “bucket”, a shorter window, or a filter.`,
  busy: 'Too many requests from your address. Please wait a minute.',
  storeAway: 'The store does not answer now. Measuring goes on; please try again in a minute.',
  failed: 'The monitor failed to answer. It was written to the log.',
};

export const enHealth = {
  ok: 'Everything works.',
  store: 'The store does not answer.',
  stale: (minutes: number) => `The newest measurement is ${number(minutes)} minutes old.`,
  noData: (minutes: number) =>
    `No measurement has arrived in the ${number(minutes)} minutes since the start.`,
  lag: (minutes: number) => `The detector is ${number(minutes)} minutes behind.`,
};
