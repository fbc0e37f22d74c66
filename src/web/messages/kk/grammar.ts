/** Kazakh: what sentences share. Names stand in quotes before a noun that takes the ending; a noun after a number stays singular. */
import { createWords } from '../words.ts';

export const kkWords = createWords('kk-KZ');
const { list, number } = kkWords;

/** `«YouTube», «Facebook»`. */
export function quoted(names: readonly string[]): string {
  return list(names.map((name) => `«${name}»`));
}

/** `«Kcell», «Билайн» желілерінде `, to stand before what it says of them; nothing where no network is named. */
export function inNetworks(networks: readonly string[]): string {
  if (networks.length === 0) return '';
  return `${quoted(networks)} ${networks.length === 1 ? 'желісінде' : 'желілерінде'} `;
}

/** `«Kcell» желісіндегі `, before a noun. */
export function ofNetworks(networks: readonly string[]): string {
  if (networks.length === 0) return '';
  return `${quoted(networks)} ${networks.length === 1 ? 'желісіндегі' : 'желілеріндегі'} `;
}

/** `(Алматы, Астана) `. */
export function inPlaces(places: readonly string[]): string {
  return places.length === 0 ? '' : `(${list(places)}) `;
}

/** A sentence begins with a capital, whatever its first part is. */
export function upper(text: string): string {
  return text.slice(0, 1).toLocaleUpperCase('kk') + text.slice(1);
}

/** `3 бақылау нүктесі`. */
export function vantages(count: number): string {
  return `${number(count)} бақылау нүктесі`;
}
