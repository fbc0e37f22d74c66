/** Russian: months and years past, what was measured in them and by whom, and what happened. */
import type { enHistory } from '../en/history.ts';
import { measurements, ruWords } from './grammar.ts';

const { number, plural } = ruWords;

export const ruHistory: typeof enHistory = {
  title: 'История',
  intro:
    'Месяц за месяцем: что и кем измерялось, что позже взято у других и какие были инциденты. Месяц, в котором никто не измерял, пропущен: то, что инцидентов в нём нет, ничего не значит.',
  none: 'Пока ничего не измерено и ничего не взято у других. Команда «aiqyn backfill ooni» загружает то, что с 2012 года измерили добровольцы OONI, а «aiqyn import ioda» — то, что насчитала IODA.',
  month: 'Месяц',
  days: 'Дней с измерениями',
  own: 'Наши точки наблюдения',
  volunteers: 'Добровольцы OONI, взято позже',
  numbers: 'Числа других',
  outside: 'Перебои, о которых сообщают другие',
  incidents: 'Инциденты',
  events: 'События в календаре',
  measurements: (count) => (count === 0 ? '–' : measurements(count)),
  count: (count) => number(count),
  told: (source, count) => `${source}: ${number(count)}`,
  numbersOf: (source, series, numbers) =>
    `${source}: ${plural(series, { one: `${number(series)} ряд`, few: `${number(series)} ряда`, many: `${number(series)} рядов`, other: `${number(series)} ряда` })}, ${plural(numbers, { one: `${number(numbers)} число`, few: `${number(numbers)} числа`, many: `${number(numbers)} чисел`, other: `${number(numbers)} числа` })}`,
  ofStop: (events, stop) => `${number(events)}, из них загружено из STOP: ${number(stop)}`,
  yearTitle: (year) => `${year} год`,
  yearIncidents: 'Инциденты этого года',
  yearIncidentsNone: 'Об инцидентах этого года ничего не известно.',
  more: (count) =>
    plural(count, {
      one: `Ещё ${number(count)} есть в API.`,
      other: `Ещё ${number(count)} есть в API.`,
    }),
  associations: 'С чем связаны инциденты этого года',
  associationsText:
    'Инциденты этого года сопоставлены с событиями календаря за этот же год, как на странице «Взаимосвязи», которая смотрит на последний год.',
  associationsNone: 'Сравнивать не с чем: в измеренное время не попало ни одно событие календаря.',
  tooFew: (count) =>
    plural(count, {
      one: `В ${number(count)} сравнении событий слишком мало, чтобы что-то сказать.`,
      other: `В ${number(count)} сравнениях событий слишком мало, чтобы что-то сказать.`,
    }),
  back: 'Все годы',
};
