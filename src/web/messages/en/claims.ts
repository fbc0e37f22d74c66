/** English: what officials said, beside what was measured. */
import type { ClaimPart } from '../../../analysis/correlate/claims.ts';
import { createWords } from '../words.ts';
import { OTHER_BRANDS } from '../brands.ts';

const { list, number, plural } = createWords('en-GB');

const NAMED_MAX = 6;

/** Words that are no platform of the catalogue. */
const WIDER: Readonly<Record<string, string>> = {
  internet: 'the internet',
  mobile: 'mobile internet',
  https: 'encrypted connections',
  web: 'websites in general',
  'social networks': 'social networks',
  messengers: 'messengers',
  ...OTHER_BRANDS,
};

/** Whatever is known by its first letter only within a sentence. */
function upper(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function networks(operators: readonly string[]): string {
  return operators.length === 0 ? '' : `, on ${list(operators)}`;
}

/** A sentence that names thirty parts is not read; each has its own line below it. */
function some(parts: readonly string[]): string {
  const rest = parts.length - NAMED_MAX;
  return rest <= 1 ? list(parts) : list([...parts.slice(0, NAMED_MAX), `${number(rest)} more`]);
}

/** What was seen of each part, in the words of a whole statement. */
function evidence(seen: readonly string[], clear: readonly string[]): string {
  if (clear.length === 0) return `incidents were recorded for ${some(seen)}`;
  if (seen.length === 0) return `no incident was recorded for ${some(clear)}`;
  return `incidents were recorded for ${some(seen)}, and none for ${some(clear)}`;
}

const LEADS = {
  supported: 'What was measured agrees with it',
  contradicted: 'What was measured contradicts it',
  mixed: 'What was measured contradicts it in part and agrees with it in part',
};

export interface ClaimSubjects {
  readonly finding: 'supported' | 'contradicted' | 'mixed' | 'not_measured';
  /** Incidents were recorded, none was, too little was measured, nothing was, and what cannot be. */
  readonly seen: readonly string[];
  readonly clear: readonly string[];
  readonly thin: readonly string[];
  readonly unmeasured: readonly string[];
  readonly foreign: readonly string[];
}

/** What nothing is concluded of, and why. */
function leftOut({ thin, unmeasured, foreign }: ClaimSubjects): string[] {
  return [
    thin.length === 0 ? null : `Measured in less than half of that time: ${some(thin)}.`,
    unmeasured.length === 0 ? null : `Not measured in that time: ${some(unmeasured)}.`,
    foreign.length === 0 ? null : `Not among what is measured here: ${some(foreign)}.`,
  ].filter((sentence) => sentence !== null);
}

function claimText(subjects: ClaimSubjects): string {
  const { finding, seen, clear } = subjects;
  const left = leftOut(subjects);
  if (finding === 'not_measured') return ['Nothing is concluded.', ...left].join(' ');
  const scope = left.length === 0 ? [] : [...left, 'The finding says nothing of that.'];
  return [`${LEADS[finding]}: ${evidence(seen, clear)}.`, ...scope].join(' ');
}

export const enClaims = {
  title: 'What officials said, and what was measured',
  intro:
    'Statements by authorities and operators that confirm or deny a block, newest first. Each platform, network and place that a statement names is set by itself against what was measured of it. An incident decides; without one, at least half of the hours must have been measured, else nothing is concluded.',
  rules:
    'One part that was measured and disagrees makes a statement contradicted. It is supported where all that was measured of it agrees. “Social networks” is read as Facebook, Instagram, YouTube, VK, OK, TikTok and X, “messengers” as WhatsApp, Telegram and Signal. That a block was measured does not say who ordered it.',
  none: 'No statement is in the calendar.',
  stance: { confirms: 'Confirmation', denies: 'Denial' },
  finding: {
    supported: 'Supported',
    contradicted: 'Contradicted',
    mixed: 'Contradicted in part',
    not_measured: 'Not measured',
  },
  subject: (platform: string, operator: string | null, place: string | null) =>
    [
      WIDER[platform] ?? platform,
      operator === null ? '' : ` on ${operator}`,
      place === null ? '' : ` in ${place}`,
    ].join(''),
  sentence: claimText,
  nothingNamed: 'It names nothing that can be measured.',
  part: (
    subject: string,
    { reason, measuredHours, hours, incidentIds }: ClaimPart,
    operators: readonly string[],
  ): string => {
    const count = plural(hours, { one: 'the one hour', other: `${number(hours)} hours` });
    const of = `${number(measuredHours)} of ${count}`;
    switch (reason) {
      case 'incident_seen':
        return `${upper(subject)}: ${plural(incidentIds.length, { one: 'one incident was', other: `${number(incidentIds.length)} incidents were` })} recorded.`;
      case 'no_incident_seen':
        return `${upper(subject)}: no incident was recorded; ${of} were measured${networks(operators)}.`;
      case 'too_little_measured':
        return `${upper(subject)}: only ${of} were measured${networks(operators)}, too few to conclude anything.`;
      case 'never_measured':
        return `${upper(subject)}: was not measured in that time.`;
      case 'not_comparable':
        return `${upper(subject)}: is not among what is measured here.`;
    }
  },
  more: (count: number) => plural(count, { one: 'and one more', other: `and ${number(count)} more` }),
  examined: (time: string) => `Set against: ${time}.`,
  whole: (time: string) => `all of ${time}`,
  wholeSpan: (from: string, to: string) => `all of the time from ${from} to ${to}`,
  monthOnly: (time: string) => `${time}, because no day is known`,
  openEnd: (time: string) => `${time} and no later, because its end is not known`,
  daysBefore: (time: string, days: number) =>
    `${time}, and the ${number(days)} days before, because it names no time of its own`,
  upTo: (time: string, days: number) =>
    `the ${number(days)} days up to ${time}, because it names no time of its own`,
  /** Before who said it. */
  saidBy: (stance: string) => `${stance} by`,
};
