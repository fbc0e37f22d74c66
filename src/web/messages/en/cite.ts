/** English: what stands with a chart that is cited, the feed and the map. */
export const enCite = {
  title: 'Cite this chart',
  embed: 'for a page of yours',
  numbers: 'the numbers (CSV)',
  nothing: 'Nothing was measured in this window.',
  times: (zone: string, offset: string, from: string, to: string) =>
    `Times in ${zone} (${offset}). The window is ${from} to ${to} (UTC).`,
  method: (vantages: number, minutes: number, address: string) =>
    `${vantages === 1 ? 'One vantage point' : `${vantages} vantage points`}, in steps of ${minutes} minutes: a network has a colour where more than a fifth of its checks say so, and a bar is as high as the share of networks. Rules: ${address}`,
  source: (address: string) => `Source: Aiqyn, licence CC BY 4.0. ${address}`,
  card: (zone: string, offset: string, from: string, to: string) =>
    `Times in ${zone} (${offset}) · ${from} to ${to} (UTC) · Aiqyn, CC BY 4.0`,
};

export const enFeed = {
  title: 'Aiqyn: incidents',
  subtitle: 'Blocks, throttling, interception and shutdowns in Kazakhstan, as they begin, change and end.',
  opened: (what: string) => `Begins: ${what}`,
  joined: (network: string, what: string) => `Also on ${network}: ${what}`,
  lifted: (what: string) => `Lifted for a time: ${what}`,
  back: (what: string) => `Is back: ${what}`,
  ended: (what: string) => `Over: ${what}`,
  since: (time: string) => `Since ${time}.`,
};

export const enMap = {
  title: 'Where',
  label: 'Map of Kazakhstan: what each city that we measure in sees',
  city: (place: string, status: string, details: readonly string[]) =>
    `${place}: ${status.toLowerCase()}${details.length === 0 ? '' : ` (${details.join(', ')})`}`,
  note: 'The worst of what a city’s networks see now; shape and colour say the same.',
};
