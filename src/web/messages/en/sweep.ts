/** English: mobile networks as seen from outside, and who asks them. */
import { createWords } from '../words.ts';

const { number, plural } = createWords('en-GB');

function share(value: number): string {
  return `${number(Math.round(value * 100))} %`;
}

export const enSweep = {
  title: 'Mobile networks, from outside',
  intro:
    'A machine outside the country asks a few addresses of each operator whether they are there. Where an operator’s subscribers are cut off, most of them fall silent at once.',
  none: 'Nobody has been asked from outside in the last day.',
  about: 'Who asks, and how to opt out',
  operator: 'Operator',
  place: 'Place',
  up: 'Networks that answer',
  asked: 'Addresses asked',
  since: 'As of',
  fallsTitle: 'Falls in the last two weeks',
  fallsNone: 'None.',
  noticeTitle: 'Now',
  unwatched: 'None of our vantages is in this network, so nothing from inside confirms or contradicts it.',
  share,
  fell: (operator: string, from: string, before: number, lowest: number) =>
    `From outside, the share of ${operator}’s networks that answer fell from ${share(before)} to ${share(lowest)} (${from}).`,
  fellAndRose: (operator: string, from: string, to: string, before: number, lowest: number) =>
    `From outside, the share of ${operator}’s networks that answer fell from ${share(before)} to ${share(lowest)} (${from} to ${to}).`,
  asUsual: (operators: string) => `From outside, as many networks of ${operators} answered as usual.`,
  probes: {
    title: 'About our probes',
    sections: [
      {
        title: 'What you saw',
        paragraphs: [
          'One ICMP echo request, or one TCP connection that was closed as soon as it was open. Nothing is sent over it, nothing is tried, and what your machine says is not kept: only whether it answered, and how fast.',
        ],
      },
      {
        title: 'Why',
        paragraphs: [
          'Aiqyn documents internet shutdowns in Kazakhstan. When a network is cut off, those who are in it cannot say so; that its addresses fall silent can be seen from outside. The method is Trinocular’s (Quan, Heidemann and Pradkin, SIGCOMM 2013).',
        ],
      },
      {
        title: 'How little',
        paragraphs: [
          'Only addresses that Kazakh operators announce. Of a network of 256 addresses one is asked in a round while it answers, and never more than 14. Who answers is looked up once a month: each address once, and those that answered once more.',
        ],
      },
    ],
    optOutTitle: 'How to opt out',
    optOut: (contact: string) =>
      `Write to ${contact} and name your addresses or networks. They go on a list that every probe is held against before it is sent.`,
    rate: (perSecond: number, everyMinutes: number) =>
      `This machine sends at most ${number(perSecond)} probes a second, to all networks together, ${plural(everyMinutes, { one: 'a round every minute', other: `a round every ${number(everyMinutes)} minutes` })}.`,
    idle: 'This Aiqyn sends no such probes. If you were asked, it was by another one: look for its page at the address that asked you.',
  },
};
