/** Russian: what the page of one incident sets beside it, and how to take it along. */
import type { enIncident } from '../en/incident.ts';

export const ruIncident: typeof enIncident = {
  reasonsNote: 'Что стоит по-английски, приведено так, как было записано.',
  meanwhile: 'Что происходило в это время',
  meanwhileNone: 'В календаре нет событий в пределах суток до и после.',
  meanwhileNote: 'Совпадение во времени не показывает, что одно вызвало другое.',
  associations: 'Связаны ли такие блокировки с такими событиями?',
  allAssociations: 'Все взаимосвязи и что их опровергло бы',
  claims: 'Что об этом говорили официальные лица',
  allClaims: 'Все заявления, каждое рядом с измеренным',
  downloads: 'Забрать с собой',
  png: 'График картинкой (PNG)',
  svg: 'График чертежом (SVG)',
  csv: 'Числа графика (CSV)',
  series: 'Каждый шаг времени, в формате JSON',
  evidence:
    'Подписанные доказательства со всеми измерениями, на которых всё основано, создаёт на машине с монитором эта команда:',
  cite: 'Как сослаться',
  citation: ({ sentence, id, seen, address }) =>
    `Aiqyn: «${sentence}». Инцидент ${id}, по состоянию на ${seen}. ${address} Лицензия: CC BY 4.0.`,
  citeNote: 'Адрес инцидента не меняется; но о нём ещё может стать известно больше, поэтому указывайте день.',
  copy: 'Скопировать',
  copied: 'Скопировано.',
};
