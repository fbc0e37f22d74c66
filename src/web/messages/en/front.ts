/** English: the front page. Headlines take names that are already in the reader's language. */
import { createWords } from '../words.ts';

const { plural, list, number, duration } = createWords('en-GB');

function on(networks: readonly string[]): string {
  return networks.length === 0 ? '' : ` on ${list(networks)}`;
}

/** When it was: `since 20:15`, or `from 20:15 to 22:00` for what is over. */
export interface When {
  readonly start: string;
  /** Null while it goes on. */
  readonly end: string | null;
}

function when({ start, end }: When): string {
  return end === null ? `since ${start}` : `from ${start} to ${end}`;
}
function be({ end }: When, count: number): string {
  if (end !== null) return plural(count, { one: 'was', other: 'were' });
  return plural(count, { one: 'is', other: 'are' });
}
function inPlaces(places: readonly string[]): string {
  return places.length === 0 ? '' : ` in ${list(places)}`;
}

export const enHeadlines = {
  blocked: (platforms: readonly string[], networks: readonly string[], time: When) =>
    `${list(platforms)} ${be(time, platforms.length)} blocked${on(networks)} ${when(time)}`,
  throttled: (platforms: readonly string[], networks: readonly string[], time: When) =>
    `${list(platforms)} ${be(time, platforms.length)} slowed down${on(networks)} ${when(time)}`,
  intercepted: (platforms: readonly string[], networks: readonly string[], time: When) =>
    `Connections to ${list(platforms)} ${be(time, 2)} intercepted${on(networks)} ${when(time)}`,
  shutdown: (networks: readonly string[], places: readonly string[], time: When) =>
    `The internet ${be(time, 1)} cut off${inPlaces(places)}${on(networks)} ${when(time)}`,
  vantageCut: (networks: readonly string[], time: When) =>
    `Our vantage${on(networks)} ${be(time, 1)} offline ${when(time)}`,
  mobileShutdown: (networks: readonly string[], places: readonly string[], time: When) =>
    `Mobile internet ${be(time, 1)} cut off${inPlaces(places)}${on(networks)} ${when(time)}`,
  allowList: (networks: readonly string[], time: When) =>
    `Only allow-listed sites ${time.end === null ? 'answer' : 'answered'}${on(networks)} ${when(time)}`,
  targetDown: (platforms: readonly string[], time: When) =>
    `${list(platforms)} ${be(time, platforms.length)} down everywhere ${when(time)}; nobody ${be(time, 1)} blocking ${plural(platforms.length, { one: 'it', other: 'them' })}`,
  vantageSilent: (networks: readonly string[], vantages: number, time: When) =>
    vantages < 2
      ? `Our vantage${on(networks)} ${time.end === null ? 'has been' : 'was'} silent ${when(time)}`
      : `Our ${number(vantages)} vantages${on(networks)} ${time.end === null ? 'have been' : 'were'} silent ${when(time)}`,
  more: (count: number) =>
    plural(count, { one: 'And one more incident.', other: `And ${number(count)} more incidents.` }),
  reachable: (vantages: number) =>
    `Everything we measure is reachable from ${plural(vantages, { one: 'one vantage point', other: `${number(vantages)} vantage points` })}`,
  reachableSome: (online: number, vantages: number) =>
    `Everything we measure is reachable from the ${number(online)} of ${number(vantages)} vantage points that are online`,
  suspected: (platforms: readonly string[], networks: readonly string[]) =>
    `${list(platforms)} ${plural(platforms.length, { one: 'fails', other: 'fail' })}${on(networks)}; not confirmed yet`,
  unclear: 'The measurements do not tell what is reachable right now',
  offline: (vantages: number) =>
    plural(vantages, {
      one: 'This vantage is offline',
      other: `All ${number(vantages)} vantages are offline`,
    }),
  limited: {
    domestic_only: (networks: readonly string[]) => `Only sites inside the country answer${on(networks)}`,
    allow_list: (networks: readonly string[]) => `Only allow-listed sites answer${on(networks)}`,
    dns_only: (networks: readonly string[]) => `Only name servers answer${on(networks)}; no site does`,
    offline: (networks: readonly string[]) => `Our vantages${on(networks)} are offline`,
    online: (networks: readonly string[]) => `Our vantages${on(networks)} are online`,
  },
  starting: 'No measurements yet; the first round ends in about a minute',
  noData: (since: string) => `Still no measurement since this monitor started at ${since}`,
  stale: (newest: string) => `No new measurement since ${newest}`,
};

export const enNotes = {
  offline: {
    nothing:
      'No site answers, neither in the country nor abroad, and no name server does. While that is so, nothing is called blocked; the checks go on by themselves. Check the cable, the modem or the SIM card of this machine.',
    names:
      'Names are still resolved, but no site answers, neither in the country nor abroad. While that is so, nothing is called blocked; the checks go on by themselves. Check the cable, the modem, the proxy or the SIM card of this machine.',
  },
  offlineDemo: 'To see Aiqyn at work without internet, run',
  limited:
    'Nothing is called blocked while the vantage itself is cut off; a shutdown is said only when several vantages see it.',
  starting: 'This page refreshes itself. The address can be bookmarked.',
  noData: 'Look at the monitor’s log, or run “aiqyn doctor”, which says what is missing on this machine.',
  stale: 'What follows is what was seen then, not what is so now.',
  suspected: 'One vantage or one round saw it. An incident is opened when re-tests and other vantages agree.',
  unclear: 'Unclear results are never counted as blocking.',
  down: 'It fails from outside the country as well.',
  controlNone:
    'No control outside the country is configured. Findings then rest on paired handshakes, known certificates and known networks; a site that merely fails stays “unclear”.',
  controlUnreachable:
    'The control outside the country does not answer. Its last good answers are used; without one, a site that merely fails stays “unclear”.',
  demo: (title: string, speed: number) =>
    `Demo: “${title}”, on a small internet inside this machine, ${number(speed, 1)} times as fast as it happened. All times are the scenario’s. Nothing here is about today.`,
  problems: 'This monitor has a problem',
  times: (place: string, offset: string) => `Times are ${place} time (${offset}), rounded to five minutes.`,
  updated: (time: string) => `As of ${time}`,
  dropped: (count: number) =>
    plural(count, {
      one: 'One measurement was lost because the disk budget was used up.',
      other: `${number(count)} measurements were lost because the disk budget was used up.`,
    }),
};

export const enFront = {
  nowTitle: 'Right now',
  nowCaption: 'Each platform on each network, newest verdict',
  platform: 'Platform',
  since: (time: string) => `since ${time}`,
  sinceLong: 'for more than 7 days',
  partly: (bad: number, all: number) => `${number(bad)} of ${number(all)} addresses`,
  lowConfidence: 'not certain yet',
  notMeasured: 'No fresh measurement',
  noRows: 'Nothing was measured in the last half hour.',
  openTitle: 'Going on now',
  noOpen: 'No incident is open.',
  recentTitle: 'Recent incidents',
  noRecent: 'No incident has been recorded in the last 30 days.',
  allIncidents: 'All incidents',
  timelineTitle: (hours: number) => `The last ${number(hours)} hours`,
  timelineNote:
    'One strip per platform in steps of five minutes. Thin: reachable. Tall: in trouble, the taller the more of the networks. A gap: not measured.',
  vantagesTitle: 'Where we measure from',
  lasted: (text: string) => `lasted ${text}`,
  noVantages: 'No vantage has reported yet.',
  lasting: (durationMs: number) => duration(durationMs),
};
