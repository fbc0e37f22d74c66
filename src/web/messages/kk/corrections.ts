/** Kazakh: what was said before, notes of the publisher, and evidence that is published. */
import type { enCorrections } from '../en/corrections.ts';

export const kkCorrections: typeof enCorrections = {
  title: 'Түзетулер',
  corrected: (date) => `Түзетілген уақыты: ${date}. Бұрын былай делінген:`,
  takenBack: (date) => `Алынып тасталған уақыты: ${date}. Былай делінген:`,
  fields: {
    kind: 'Түрі',
    title: 'Атауы',
    startMs: 'Уақыты',
    endMs: 'Уақыты',
    precision: 'Уақыты',
    approximate: 'Уақыты',
    places: 'Орындары',
    platforms: 'Платформалары',
    actors: 'Кім қатысты',
    sources: 'Дереккөздері',
    notes: 'Ескертпелері',
    claim: 'Мәлімдеме',
  },
  field: (name, before) => `${name}: ${before}`,
  nothing: 'ештеңе',
  note: 'Жариялаушының ескертпесі',
  noteAt: (date) => `Жазылған уақыты: ${date}.`,
  noteBefore: (date) => `Түзетілген уақыты: ${date}. Бұрын былай делінген:`,
  noteGone: (date) => `Ескертпе алынып тасталған уақыты: ${date}. Былай делінген:`,
  evidence: 'Тексеруге арналған дәлелдер',
  evidenceText:
    'Осы инциденттің бастапқы өлшемдері, олар бойынша шешімдер және есеп бір қол қойылған мұрағатта; оны бізсіз тексеруге болады.',
  download: (size) => `Мұрағатты жүктеп алу (${size})`,
  sha256: 'SHA-256',
  key: 'Қол қойылған кілт',
  how: 'Aiqyn қолтаңбаны, хештерді, шешімдер мен сандарды тексереді:',
  published: (date) => `Жарияланған уақыты: ${date}.`,
};
