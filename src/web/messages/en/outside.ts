/** English: those who watch from outside, what they say of an incident, and how asking them goes. */
import { createWords } from '../words.ts';

const { list, number, plural } = createWords('en-GB');

/** As many digits as say something. */
function amount(value: number): string {
  return number(value, Math.abs(value) < 10 ? 2 : 0);
}

export const enOutside = {
  country: 'the whole country',
  source: {
    ioda: 'IODA',
    radar: 'Cloudflare Radar',
    ooni: 'OONI',
    ripestat: 'RIPEstat',
    atlas: 'RIPE Atlas',
    ihr: 'Internet Health Report',
  },
  /** By `source signal`, or by source and the signal’s first word. */
  signal: {
    'ioda bgp': 'routes',
    'ioda ping-slash24': 'networks that answer pings',
    'ioda merit-nt': 'addresses heard by a telescope',
    'ioda gtr.web_search': 'Google searches',
    'ioda gtr.youtube': 'YouTube traffic',
    'radar http': 'web traffic',
    'radar http.mobile': 'web traffic of phones',
    'radar netflows': 'all traffic',
    'radar tcp.post_ack': 'connections cut after the handshake',
    'radar tcp.post_psh': 'connections cut after the first data',
    'radar outage': 'an outage on its list',
    'radar anomaly': 'unusual traffic on its list',
    'ripestat prefixes.v4': 'routes (IPv4)',
    'ripestat asns': 'networks in the routing tables',
    'ripestat prefixes': 'announced prefixes',
    'atlas probes': 'connected probes',
    'atlas reached': 'probes that get through',
    'atlas burst': 'probes that went away at once',
    'ihr disco': 'probes that went away at once (Disco)',
    'ooni anomalies': 'odd measurements by volunteers',
    'ooni changepoint': 'a change found by its detector',
  },
  witness: (source: string, signal: string, entity: string) => `${source}, ${signal}, ${entity}`,
  stance: {
    agrees: 'agrees',
    disagrees: 'disagrees',
    cannot_see: 'cannot see this',
    no_data: 'no data',
  },
  changed: (usual: number, extreme: number, from: string, to: string | null) =>
    `went from ${amount(usual)} to ${amount(extreme)} (${to === null ? `from ${from}` : `${from} to ${to}`})`,
  reported: (from: string, to: string | null) =>
    to === null ? `tells of it from ${from}` : `tells of it from ${from} to ${to}`,
  reason: {
    as_usual: 'stayed as usual, though it would have changed',
    kind: 'does not see incidents of this kind',
    platform: 'is about another platform',
    too_short: 'its steps are longer than the incident',
    country_only: 'counts the whole country and stayed as usual; the incident is of some networks',
    one_sided: 'stayed as usual, which it can do all the same',
    already: 'had changed hours before',
    too_few: 'rests on too few numbers',
    pending: 'has not said anything yet; it comes later',
    missing: 'has no numbers for that time',
    usual_unknown: 'what is usual is not known yet',
  },
  title: 'What others see',
  lead: 'Others watch Kazakhstan’s networks by other means. Whoever could see this incident is held against it.',
  nobody: 'Nobody else was asked about that time.',
  confidence: (alone: string, together: string) =>
    `Confidence from our own measurements: ${alone}. With those witnesses: ${together}.`,
  /** One short sentence: who bears it out, and who could and does not. One of the two has a name in it. */
  voices: (agree: readonly string[], disagree: readonly string[]): string => {
    if (agree.length === 0)
      return `${list(disagree)} ${plural(disagree.length, { one: 'does not see it, though it could', other: 'do not see it, though they could' })}.`;
    const seen = `${list(agree)} ${plural(agree.length, { one: 'sees', other: 'see' })} it too`;
    if (disagree.length === 0) return `${seen}.`;
    return `${seen}; ${list(disagree)} ${plural(disagree.length, { one: 'does', other: 'do' })} not.`;
  },
  rest: (count: number) =>
    plural(count, {
      one: 'One witness cannot see it, or has no data',
      other: `${number(count)} witnesses cannot see it, or have no data`,
    }),
  witnessColumn: 'Witness',
  stanceColumn: 'Says',
  whyColumn: 'Why',
  sources: {
    title: 'Who else is asked',
    intro:
      'Others who watch from outside, and whether they answer. One that does not answer keeps nothing else from working.',
    none: 'This monitor asks nobody else. The configuration’s section “sources” names whom to ask.',
    name: 'Source',
    state: 'State',
    lastGood: 'Last whole answer',
    newest: 'Newest number',
    quota: 'May still be asked',
    problem: 'What is wrong',
    status: {
      no_token: 'no token; off',
      waiting: 'not asked yet',
      ok: 'answers',
      partly: 'answers in part',
      failing: 'does not answer',
    },
    quotaOf: (left: number, limit: number | null) =>
      limit === null ? number(left) : `${number(left)} of ${number(limit)}`,
    skipped: (rows: number) =>
      plural(rows, {
        one: 'one row had another shape and was passed over',
        other: `${number(rows)} rows had another shape and were passed over`,
      }),
    rests: (until: string) => `wants to be left alone until ${until}`,
  },
};
