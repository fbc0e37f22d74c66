/** English. */
import type { IncidentKind } from '../../analysis/detect/point.ts';
import type { Texts } from './texts.ts';

function list(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}

const STATES: Readonly<Record<IncidentKind, string | readonly [now: string, past: string]>> = {
  platform_block: 'blocked',
  throttling: 'slowed down',
  interception: 'intercepted with forged certificates',
  target_down: 'down everywhere, outside the country too',
  mobile_shutdown: ['Mobile internet is cut', 'Mobile internet was cut'],
  shutdown: ['The internet is cut', 'The internet was cut'],
  allow_list: ['Only an allow-list of sites is reachable', 'Only an allow-list of sites was reachable'],
  vantage_silent: ['A vantage point is silent', 'A vantage point was silent'],
};

function what(kind: IncidentKind, isPast: boolean, platforms: readonly string[]): string {
  const state = STATES[kind];
  if (typeof state !== 'string') return state[isPast ? 1 : 0];
  const isOne = platforms.length === 1;
  const verb = isPast ? (isOne ? 'was' : 'were') : isOne ? 'is' : 'are';
  return `${list(platforms)} ${verb} ${state}`;
}

export const en: Texts = {
  locale: 'en-GB',
  what,
  where: (operators, places) => `Seen on ${list(operators)} in ${list(places)}.`,
  began: (time) => `It began on ${time}.`,
  ended: (time) => `It ended on ${time}.`,
  sure: (vantages, percent) =>
    `${vantages} vantage point${vantages === 1 ? '' : 's'} saw it; the confidence is ${percent}%.`,
  change: {
    opened: { mark: '', sentence: null },
    amended: { mark: '', sentence: 'What is known of it has changed since the last message.' },
    restored: { mark: 'Restored: ', sentence: 'It is over.' },
    reopened: { mark: 'Back again: ', sentence: 'It had been lifted and is back.' },
    withdrawn: {
      mark: 'Taken back: ',
      sentence: 'This is taken back, because later data explained it otherwise.',
    },
  },
  summary: {
    title: (count) => `${count} messages that could not be sent in time`,
    intro: 'These messages waited for longer than an hour, so they come together.',
    more: (count) => `There are ${count} more on the page.`,
  },
  test: {
    title: 'A test of Aiqyn’s alerts',
    body: (route) => `This is a test of the route “${route}”. Nothing is blocked on account of it.`,
  },
};
