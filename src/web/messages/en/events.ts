/** English: calendar and correlation. */

export const enEvents = {
  calendarTitle: 'What happened',
  calendarIntro:
    'Livestreams, rallies, laws, reports of blocks and official statements, each with its source. Times are given as exactly as they are known, in the place’s own time.',
  calendarLink: 'This calendar for calendar programs (.ics)',
  none: 'The calendar is empty.',
  about: (time: string) => `about ${time}`,
  span: (from: string, to: string) => (from === to ? from : `${from} to ${to}`),
  openEnd: (from: string) => `from ${from}; its end is not known`,
  toTheHour: (time: string) => `${time}, known to the hour`,
  knownTo: { month: 'Known to the month only.', day: 'Known to the day only.' },
  correlationTitle: 'Do blocks go with events?',
  correlationIntro:
    'For each kind of event and each platform: how much of the time around events was blocked, against the same hours of comparable days without one.',
  correlationNone:
    'There is nothing to compare yet: no event that is known to the day or better lies in the measured time.',
  falsifyTitle: 'What would refute it',
  falsify:
    'An association that is shown here would vanish if the same platform turned out to be blocked as often in the same hours on days without such events, or if events to come passed without blocks. A vantage that measured these hours on both kinds of days and saw no difference would refute it. Anyone can compute it again from the exported data and the calendar.',
  outcomes: {
    significant: {
      title: 'They go together',
      text: 'Blocked more around these events than at the same hours of comparable days. Chance alone would show as much less than 5 times in 100, also after correction for all tests made.',
    },
    not_significant: {
      title: 'No pattern shown',
      text: 'Tested, and not blocked more around these events than chance explains. That is no proof that there is no pattern.',
    },
    too_few_events: {
      title: 'Too few events',
      text: 'Not tested: fewer than five such events fell on days when the platform was measured, or no measured day without one is there to compare with. Nothing is concluded, either way.',
    },
  },
  each: (count: number) =>
    count === 1
      ? 'The one kind of event and platform'
      : `The ${count} pairs of a kind of event and a platform`,
  note: (left: number) =>
    left === 1
      ? 'One event is known to the month only and was left out.'
      : `${left} events are known to the month only and were left out.`,
  kind: {
    livestream: 'Livestream',
    rally: 'Rally',
    election: 'Election',
    statement: 'Statement',
    order: 'Order',
    power_cut: 'Power cut',
    other: 'Other',
    shutdown: 'Reported shutdown',
    block: 'Reported block',
    legal: 'Law or ruling',
    detention: 'Detention',
  },
};
