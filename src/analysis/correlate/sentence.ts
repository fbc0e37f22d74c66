/** The sentence that goes with an association's numbers. */
import type { Association } from './association.ts';

/** Rare is not never: what is there and rounds to nothing is said so. */
function percent(share: number): string {
  return share > 0 && share < 0.005 ? 'less than 1 %' : `${Math.round(share * 100)} %`;
}

function pText(p: number): string {
  return p < 0.001 ? 'p < 0.001' : `p = ${p.toFixed(3)}`;
}

function lagText(lagMs: number): string {
  const minutes = Math.round(Math.abs(lagMs) / 60_000);
  if (minutes === 0) return 'just when the event did';
  return `${minutes} min ${lagMs < 0 ? 'before' : 'after'} the event did`;
}

/** As one counts them; a kind that is not here is an event of its name. */
const NOUNS: Readonly<Record<string, readonly [one: string, several: string]>> = {
  livestream: ['livestream', 'livestreams'],
  rally: ['rally', 'rallies'],
  election: ['election', 'elections'],
  statement: ['statement', 'statements'],
  order: ['order', 'orders'],
  power_cut: ['power cut', 'power cuts'],
  legal: ['legal act', 'legal acts'],
  detention: ['detention', 'detentions'],
};

function nounsOf(kind: string): readonly [one: string, several: string] {
  const words = kind.replaceAll('_', ' ');
  return NOUNS[kind] ?? [`${words} event`, `${words} events`];
}

function counted(count: number, [one, several]: readonly [string, string]): string {
  return `${count} ${count === 1 ? one : several}`;
}

function tooFew(association: Omit<Association, 'sentence'>, where: string): string {
  const { kind, events, eventsWithBlock } = association;
  const nouns = nounsOf(kind);
  const met = `${where} was blocked around ${eventsWithBlock} of ${counted(events, nouns)}`;
  if (events > 0 && association.comparableDays === 0)
    return `Too few events: ${met}, and there is no measured day of the same sort without one to compare with.`;
  if (events === 0)
    return `Too few events: none of this kind (${nouns[0]}) fell on a day when ${where} was measured.`;
  return `Too few events: ${met}, which is not enough to tell a pattern from chance.`;
}

function withinText(share: number): string {
  return share === 0 ? 'at no moment of' : `during ${percent(share)} of`;
}

/** A ratio to nothing is no number: then the sentence gives none. */
function otherwiseText(share: number): string {
  return share === 0 ? 'never in' : `during ${percent(share)} of`;
}

function untold(events: number): string {
  return events === 0 ? '' : ` ${events} more fell on days when it was not measured and are left out.`;
}

function testText(association: Omit<Association, 'sentence'>, pAdjusted: number, family: number): string {
  const correction = family > 1 ? ` after correction for ${family} tests` : '';
  return `permutation test against ${counted(association.comparableDays, ['comparable day', 'comparable days'])}, ${pText(pAdjusted)}${correction}`;
}

/** `family`: how many tests the correction was made for. */
export function associationSentence(association: Omit<Association, 'sentence'>, family: number): string {
  const { kind, platform, events, eventsWithBlock, pAdjusted, relativeRisk, medianOnsetLagMs } = association;
  const where = association.operator === null ? platform : `${platform} on ${association.operator}`;
  const leftOut = untold(association.eventsUnmeasured);
  if (pAdjusted === null) return tooFew(association, where) + leftOut;
  const shares = `${where} was blocked around ${eventsWithBlock} of ${counted(events, nounsOf(kind))}: ${withinText(association.blockedShareInEvents)} the time around them, and ${otherwiseText(association.blockedShareOtherwise)} the same hours on comparable days without one`;
  const test = testText(association, pAdjusted, family);
  if (!association.significant || relativeRisk === null)
    return `No pattern shown: ${shares} (${test}).${leftOut}`;
  const ratio =
    association.blockedShareOtherwise === 0
      ? ''
      : `, ${relativeRisk.value.toFixed(1)} times as much (95 % interval ${relativeRisk.low.toFixed(1)} to ${relativeRisk.high.toFixed(1)})`;
  const lag =
    medianOnsetLagMs === null ? '' : ` The middle one of these blocks began ${lagText(medianOnsetLagMs)}.`;
  return `${shares}${ratio}; ${test}.${lag}${leftOut} This shows that the two go together, not that one causes the other.`;
}
