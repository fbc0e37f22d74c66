/** Russian: the timeline, an operator, a place. */
import type { enOperators, enPlaces, enTimeline } from '../en/scopes.ts';
import { hours, ruWords } from './grammar.ts';

const { number, plural } = ruWords;

function lastHours(count: number): string {
  return `За ${plural(count, { one: 'последний', other: 'последние' })} ${hours(count)}`;
}

export const ruTimeline: typeof enTimeline = {
  title: 'Хронология',
  intro: 'Что было доступно, по платформам, и что в это время происходило.',
  lengths: 'Сколько времени показать',
  length: { 1: '24 часа', 3: '3 дня', 7: '7 дней', 31: '31 день' },
  move: 'Другое время',
  earlier: 'Раньше',
  later: 'Позже',
  latest: 'До настоящего времени',
  chart: 'По платформам',
  note: 'Тонкая полоса: доступно. Высокая: есть нарушение, и чем выше, тем больше сетей оно затронуло. Пропуск: не измерялось.',
  none: 'За это время ничего не измерено.',
  incidents: 'Инциденты за это время',
  noIncidents: 'За это время инцидентов нет.',
  events: 'События за это время',
  noEvents: 'В календаре нет событий за это время.',
  more: (count) => `И ещё ${number(count)}.`,
};

export const ruOperators: typeof enOperators = {
  title: (operator) => `${operator}: что доступно?`,
  none: 'За последние полчаса в этой сети ничего не измерено.',
  asns: 'Номера AS',
  access: 'Виды доступа',
  places: 'Где измеряется',
  now: 'Сейчас, по местам',
  day: (count) => `${lastHours(count)}, по платформам`,
  incidents: 'Инциденты в этой сети',
  claims: 'Заявления, в которых она названа',
};

export const ruPlaces: typeof enPlaces = {
  title: (place) => `${place}: что доступно?`,
  none: 'За последние полчаса здесь ничего не измерено.',
  timeZone: 'Часовой пояс',
  operators: 'В каких сетях измеряется',
  now: 'Сейчас, по сетям',
  day: (count) => `${lastHours(count)}, по платформам`,
  incidents: 'Инциденты здесь',
  events: 'События здесь',
};
