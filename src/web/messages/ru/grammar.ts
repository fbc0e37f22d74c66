/** Russian: what sentences share. Names stand in quotes after a noun that takes the case, because they are not declined. */
import { createWords } from '../words.ts';

export const ruWords = createWords('ru-RU');
const { list, number, plural } = ruWords;

/** `«YouTube» и «Facebook»`. */
export function quoted(names: readonly string[]): string {
  return list(names.map((name) => `«${name}»`));
}

/** ` в сетях «Kcell» и «Билайн»`; nothing where no network is named. */
export function inNetworks(networks: readonly string[]): string {
  if (networks.length === 0) return '';
  return ` в ${networks.length === 1 ? 'сети' : 'сетях'} ${quoted(networks)}`;
}

/** ` (Алматы и Астана)`. */
export function inPlaces(places: readonly string[]): string {
  return places.length === 0 ? '' : ` (${list(places)})`;
}

/** `3 точки наблюдения`. */
export function vantages(count: number): string {
  return `${number(count)} ${plural(count, { one: 'точка наблюдения', few: 'точки наблюдения', many: 'точек наблюдения', other: 'точки наблюдения' })}`;
}

/** `3 часа`. */
export function hours(count: number): string {
  return `${number(count)} ${plural(count, { one: 'час', few: 'часа', many: 'часов', other: 'часа' })}`;
}

/** `3 минуты`. */
export function minutes(count: number): string {
  return `${number(count)} ${plural(count, { one: 'минута', few: 'минуты', many: 'минут', other: 'минуты' })}`;
}

/** `3 события`. */
export function events(count: number): string {
  return `${number(count)} ${plural(count, { one: 'событие', few: 'события', many: 'событий', other: 'события' })}`;
}

/** `3 измерения`. */
export function measurements(count: number): string {
  return `${number(count)} ${plural(count, { one: 'измерение', few: 'измерения', many: 'измерений', other: 'измерения' })}`;
}
