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
    'If the same platform turned out to be blocked as often in the same hours on days without such events, or if events to come passed without blocks, the association would vanish. A vantage that measured these hours on both kinds of days and saw no difference would refute it. Anyone can compute it again from the exported data and the calendar.',
  note: (left: number) =>
    left === 0 ? '' : `${left} events are known too roughly to be compared and were left out.`,
};
