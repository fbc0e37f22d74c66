/** English: calendar, claims and correlation. */
const month = new Intl.DateTimeFormat('en-GB', { month: 'long', year: 'numeric', timeZone: 'Asia/Almaty' });

export const enEvents = {
  calendarTitle: 'What happened',
  calendarIntro:
    'Livestreams, rallies, laws, reports of blocks and official statements, each with its source. Times are given as exactly as they are known, in the place’s own time.',
  calendarLink: 'This calendar for calendar programs (.ics)',
  none: 'The calendar is empty.',
  month: (atMs: number) => month.format(atMs),
  about: (time: string) => `about ${time}`,
  span: (from: string, to: string) => (from === to ? from : `${from} to ${to}`),
  openEnd: (from: string) => `from ${from}; its end is not known`,
  knownTo: { month: 'Known to the month only.', day: 'Known to the day only.' },
  claimsTitle: 'What officials said, and what was measured',
  claimsIntro:
    'Statements by authorities and operators that confirm or deny a block. A statement is set against the measurements of the time it speaks of; one that names no time of its own, against the seven days before it. Below half of those hours measured, nothing is concluded.',
  claimsNone: 'No statement is in the calendar.',
  stance: { confirms: 'confirms', denies: 'denies' },
  finding: { supported: 'Supported', contradicted: 'Contradicted', not_measured: 'Not measured' },
  reason: {
    incident_seen: () => 'An incident was recorded in that time.',
    no_incident_seen: (measured: number, hours: number) =>
      `No incident was recorded; ${measured} of ${hours} hours were measured, on the networks where there is a vantage.`,
    too_little_measured: (measured: number, hours: number) =>
      `Only ${measured} of ${hours} hours were measured, too few to conclude anything.`,
    never_measured: () => 'Nothing of it was measured here in that time.',
    not_comparable: () => 'It speaks of something that is not measured here.',
  },
  correlationTitle: 'Do blocks go with events?',
  correlationIntro:
    'For each kind of event and each platform: how much of the time around events was blocked, against the same hours of comparable days without one.',
  correlationNone:
    'There is nothing to compare yet: no event that is known to the day or better lies in the measured time.',
  falsifyTitle: 'What would refute it',
  falsify:
    'If the same platform turned out to be blocked as often in the same hours on days without such events, or if events to come passed without blocks, the association would vanish. A vantage that measured these hours on both kinds of days and saw no difference would refute it. Anyone can compute it again from the exported data and the calendar.',
  note: (left: number) =>
    left === 0 ? '' : `${left} events are known too roughly to be compared and were left out.`,
};
