/** Kazakh: the sentence of an association. */
import type { Association } from '../../../analysis/correlate/association.ts';
import type { enAssociation } from '../en/association.ts';
import { kkEvents } from './events.ts';
import { kkWords } from './grammar.ts';

const { number } = kkWords;
type Told = Omit<Association, 'sentence'>;

/** Rare is not never: what is there and rounds to nothing is said so. */
function percent(share: number): string {
  return share > 0 && share < 0.005 ? '1 %-дан аз' : `${number(Math.round(share * 100))} %`;
}

function kindOf(kind: string): string {
  const kinds: Readonly<Record<string, string>> = kkEvents.kind;
  return (kinds[kind] ?? kind).toLocaleLowerCase('kk');
}

function subjectOf({ platform, operator }: Told): string {
  return operator === null
    ? `«${platform}» платформасы`
    : `«${operator}» желісінде «${platform}» платформасы`;
}

function leftOut(count: number): string {
  return count === 0
    ? ''
    : ` Тағы ${number(count)} оқиға өлшем болмаған күндерге келді, олар есепке алынбады.`;
}

function met(told: Told): string {
  return `«${kindOf(told.kind)}» түріндегі ${number(told.events)} оқиғаның ${number(told.eventsWithBlock)} оқиғасы маңында ${subjectOf(told)} бұғатталды`;
}

function tooFew(told: Told): string {
  if (told.events === 0)
    return `Оқиға тым аз: ${subjectOf(told)} өлшенген күндерге «${kindOf(told.kind)}» түріндегі бірде-бір оқиға келмеді.`;
  if (told.comparableDays === 0)
    return `Оқиға тым аз: ${met(told)}, ал салыстыратын оқиғасыз өлшенген ұқсас күн жоқ.`;
  return `Оқиға тым аз: ${met(told)}; заңдылықты кездейсоқтықтан ажыратуға бұл жеткіліксіз.`;
}

function shares({ blockedShareInEvents, blockedShareOtherwise }: Told): string {
  return `бұғатталған уақыттың үлесі: олардың маңында ${percent(blockedShareInEvents)}, оқиғасыз салыстырмалы күндердің сол сағаттарында ${percent(blockedShareOtherwise)}`;
}

function test(told: Told, pAdjusted: number, family: number): string {
  const p = pAdjusted < 0.001 ? `p < ${number(0.001, 3)}` : `p = ${number(pAdjusted, 3)}`;
  const correction = family > 1 ? `, ${number(family)} тексеруге түзетілген` : '';
  return `орын ауыстыру тесті; салыстырмалы күндер: ${number(told.comparableDays)}; ${p}${correction}`;
}

function ratio({ relativeRisk, blockedShareOtherwise }: Told): string {
  if (relativeRisk === null || blockedShareOtherwise === 0) return '';
  const { value, low, high } = relativeRisk;
  return `, яғни ${number(value, 1)} есе көп (95 % аралығы: ${number(low, 1)} – ${number(high, 1)})`;
}

function lag({ medianOnsetLagMs }: Told): string {
  if (medianOnsetLagMs === null) return '';
  const minutes = Math.round(Math.abs(medianOnsetLagMs) / 60_000);
  if (minutes === 0) return ' Бұл бұғаттаулардың ортаншысы оқиғамен бір мезгілде басталды.';
  return ` Бұл бұғаттаулардың ортаншысы оқиғадан ${number(minutes)} минут ${medianOnsetLagMs < 0 ? 'бұрын' : 'кейін'} басталды.`;
}

function sentence(told: Told, family: number): string {
  const left = leftOut(told.eventsUnmeasured);
  if (told.pAdjusted === null) return tooFew(told) + left;
  const tested = test(told, told.pAdjusted, family);
  if (!told.significant || told.relativeRisk === null)
    return `Заңдылық байқалмады: ${met(told)}; ${shares(told)} (${tested}).${left}`;
  return `${met(told)}; ${shares(told)}${ratio(told)}; ${tested}.${lag(told)}${left} Бұл екеуінің қатар жүретінін көрсетеді, бірақ бірі екіншісін тудыратынын білдірмейді.`;
}

export const kkAssociation: typeof enAssociation = { sentence };
