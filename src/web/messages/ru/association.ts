/** Russian: the sentence of an association. */
import type { Association } from '../../../analysis/correlate/association.ts';
import type { enAssociation } from '../en/association.ts';
import { ruEvents } from './events.ts';
import { ruWords } from './grammar.ts';

const { number, plural } = ruWords;
type Told = Omit<Association, 'sentence'>;

/** Rare is not never: what is there and rounds to nothing is said so. */
function percent(share: number): string {
  return share > 0 && share < 0.005 ? 'менее 1 %' : `${number(Math.round(share * 100))} %`;
}

function kindOf(kind: string): string {
  const kinds: Readonly<Record<string, string>> = ruEvents.kind;
  return (kinds[kind] ?? kind).toLocaleLowerCase('ru');
}

function subjectOf({ platform, operator }: Told): string {
  return operator === null ? `«${platform}»` : `«${platform}» в сети «${operator}»`;
}

function leftOut(count: number): string {
  return count === 0 ? '' : ` Ещё событий в дни, когда измерений не было: ${number(count)}; они не учтены.`;
}

function met(told: Told): string {
  const { events, eventsWithBlock } = told;
  return `доступ к ${subjectOf(told)} блокировался вокруг ${number(eventsWithBlock)} из ${number(events)} ${plural(events, { one: 'события', other: 'событий' })} вида «${kindOf(told.kind)}»`;
}

function tooFew(told: Told): string {
  if (told.events === 0)
    return `Событий слишком мало: на дни, когда ${subjectOf(told)} измерялось, не пришлось ни одного события вида «${kindOf(told.kind)}».`;
  if (told.comparableDays === 0)
    return `Событий слишком мало: ${met(told)}, и нет измеренного дня того же рода без события, с которым можно сравнить.`;
  return `Событий слишком мало: ${met(told)}; этого недостаточно, чтобы отличить закономерность от случайности.`;
}

function shares({ blockedShareInEvents, blockedShareOtherwise }: Told): string {
  const within =
    blockedShareInEvents === 0
      ? 'ни в один момент рядом с ними'
      : `${percent(blockedShareInEvents)} времени рядом с ними`;
  const otherwise =
    blockedShareOtherwise === 0
      ? 'ни разу в те же часы сопоставимых дней без события'
      : `${percent(blockedShareOtherwise)} тех же часов сопоставимых дней без события`;
  return `${within} и ${otherwise}`;
}

function test(told: Told, pAdjusted: number, family: number): string {
  const p = pAdjusted < 0.001 ? `p < ${number(0.001, 3)}` : `p = ${number(pAdjusted, 3)}`;
  const correction = family > 1 ? ` с поправкой на число проверок: ${number(family)}` : '';
  return `перестановочный тест; сопоставимых дней: ${number(told.comparableDays)}; ${p}${correction}`;
}

function ratio({ relativeRisk, blockedShareOtherwise }: Told): string {
  if (relativeRisk === null || blockedShareOtherwise === 0) return '';
  const { value, low, high } = relativeRisk;
  return `, отношение ${number(value, 1)} (95 %-й интервал: от ${number(low, 1)} до ${number(high, 1)})`;
}

function lag({ medianOnsetLagMs }: Told): string {
  if (medianOnsetLagMs === null) return '';
  const minutes = Math.round(Math.abs(medianOnsetLagMs) / 60_000);
  if (minutes === 0) return ' Средняя по порядку блокировка началась одновременно с событием.';
  return ` Средняя по порядку блокировка началась на ${number(minutes)} мин ${medianOnsetLagMs < 0 ? 'раньше' : 'позже'} события.`;
}

function sentence(told: Told, family: number): string {
  const left = leftOut(told.eventsUnmeasured);
  if (told.pAdjusted === null) return tooFew(told) + left;
  const tested = test(told, told.pAdjusted, family);
  if (!told.significant || told.relativeRisk === null)
    return `Закономерности не видно: ${met(told)}: ${shares(told)} (${tested}).${left}`;
  const begin = met(told).replace('доступ', 'Доступ');
  return `${begin}: ${shares(told)}${ratio(told)}; ${tested}.${lag(told)}${left} Это показывает, что одно идёт вместе с другим, а не что одно вызывает другое.`;
}

export const ruAssociation: typeof enAssociation = { sentence };
