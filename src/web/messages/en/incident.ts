/** English: what the page of one incident sets beside it, and how to take it along. */

export const enIncident = {
  /** Empty where the reasons are in the page's own language. */
  reasonsNote: '',
  meanwhile: 'What happened meanwhile',
  meanwhileNone: 'The calendar has no event within a day of it.',
  meanwhileNote: 'That they fall together does not show that one caused the other.',
  associations: 'Does such blocking go with such events?',
  allAssociations: 'All associations, and what would refute them',
  claims: 'What officials said of it',
  allClaims: 'All statements, each beside what was measured',
  downloads: 'Take it along',
  png: 'The chart as a picture (PNG)',
  svg: 'The chart as a drawing (SVG)',
  csv: 'The numbers of the chart (CSV)',
  series: 'Every step of time, as JSON',
  evidence:
    'Signed evidence with every measurement behind it is made on the machine that runs the monitor, by this command:',
  cite: 'How to cite it',
  citation: (cited: {
    readonly sentence: string;
    readonly id: string;
    readonly seen: string;
    readonly address: string;
  }) =>
    `Aiqyn: “${cited.sentence}”. Incident ${cited.id}, as of ${cited.seen}. ${cited.address} Licence: CC BY 4.0.`,
  citeNote: 'The incident keeps its address; what is known of it may still grow, so name the day.',
  copy: 'Copy',
  copied: 'Copied.',
};
