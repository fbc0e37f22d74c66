/** Russian: what was said before, notes of the publisher, and evidence that is published. */
import type { enCorrections } from '../en/corrections.ts';

export const ruCorrections: typeof enCorrections = {
  title: 'Исправления',
  corrected: (date) => `Исправлено: ${date}. Прежде здесь говорилось:`,
  takenBack: (date) => `Снято: ${date}. Говорилось:`,
  fields: {
    kind: 'Вид',
    title: 'Название',
    startMs: 'Время',
    endMs: 'Время',
    precision: 'Время',
    approximate: 'Время',
    places: 'Места',
    platforms: 'Платформы',
    actors: 'Кто участвовал',
    sources: 'Источники',
    notes: 'Примечания',
    claim: 'Заявление',
  },
  field: (name, before) => `${name}: ${before}`,
  nothing: 'ничего',
  note: 'Примечание издателя',
  noteAt: (date) => `Написано: ${date}.`,
  noteBefore: (date) => `Исправлено: ${date}. Прежде здесь говорилось:`,
  noteGone: (date) => `Примечание снято: ${date}. Говорилось:`,
  evidence: 'Доказательства для проверки',
  evidenceText:
    'Исходные измерения этого инцидента, вердикты по ним и отчёт в одном подписанном архиве, который можно проверить без нас.',
  download: (size) => `Скачать архив (${size})`,
  sha256: 'SHA-256',
  key: 'Подписано ключом',
  how: 'Aiqyn проверяет подпись, хеши, вердикты и числа:',
  published: (date) => `Опубликовано: ${date}.`,
};
