/** English: others' probes that are asked, and what watches for livestreams. */
import { createWords } from '../words.ts';

const { number } = createWords('en-GB');

export const enBorrowed = {
  title: 'Borrowed probes',
  intro:
    'Volunteers of other projects run probes in the country. Aiqyn asks them where it has no line of its own, and most of all while something is blocked. They are asked now and then, have no heartbeat, and never count as cut off.',
  lender: 'Lender',
  names: { globalping: 'Globalping', atlas: 'RIPE Atlas' },
  networks: 'Networks with a probe',
  quota: 'Still to be asked',
  left: (left: number, limit: number) => `${number(left)} of ${number(limit)}`,
  lastAnswer: 'Last answer',
  state: 'State',
  well: 'Answers',
  untried: 'Not asked yet',
  watched: {
    title: 'Watched for livestreams',
    intro: 'While one goes on, the platforms it is on are looked at every 30 seconds.',
    what: 'What',
    open: 'Live now',
    lastLook: 'Last look',
    unlimited: 'without limit',
  },
};
