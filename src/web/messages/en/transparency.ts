/** English: the page of the transparency log, and its entries in the feed. */
import type { SignedDay } from '../../../transparency/log.ts';

export const enTransparency = {
  title: 'Transparency log',
  intro:
    'Each day we publish one number that stands for every measurement we held at its end. It is signed, and it names the day before. If we changed or removed a measurement later, or rewrote a day, anybody who saved this list could show it.',
  sections: [
    {
      title: 'What a root is',
      paragraphs: [
        'A root is the top of a tree of hashes (RFC 9162). Below it are the heads of the chains that our vantage points sign, and the hours of what was measured on this machine. Nothing can be taken out, added or changed below it without giving another root.',
        'What comes late, such as what a vantage point could not send during a shutdown, goes into the day on which it comes. A root that was published stays.',
      ],
    },
    {
      title: 'How to hold us to it',
      paragraphs: [
        'Save transparency.json now and then, or follow the feed. “aiqyn verify --log new.json --saved old.json” says whether the new log still holds all of the old one. A bundle of evidence carries the way from its measurements to these roots; “aiqyn verify bundle.zip --log saved.json” checks it against what you saved yourself.',
      ],
    },
    {
      title: 'What it cannot show',
      paragraphs: [
        'That what was measured is true, or that all of it came in. It shows that what we held was not changed afterwards. A day that we published in two versions is only seen where two readers compare what they saved.',
      ],
    },
  ],
  none: 'No day is closed yet. The first one follows soon after midnight (UTC).',
  notKept: 'No log is kept here.',
  key: 'Signed with the key',
  days: 'The last days',
  day: 'Day (UTC)',
  leaves: 'Entries',
  root: 'Root',
  whole: 'The whole log, to save (transparency.json)',
  noDay: (day: string) => `${day} is not in the log: it is not over, or was before the log began.`,
  noLeaf: (day: string) => `${day} has no such leaf.`,
  proof: 'how a leaf, given by its hash, leads to the root of a day',
  oneDay: 'one day of the transparency log',
  feedTitle: (day: string) => `The log of ${day} is closed`,
  feedText: ({ root, leaves, number, previous }: SignedDay) =>
    `Root ${root} over ${leaves} entries; number ${number}, after ${previous}.`,
};
