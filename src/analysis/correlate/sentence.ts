/** The sentence that goes with an association's numbers. */
import type { Association } from './association.ts';

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

function pText(p: number): string {
  return p < 0.001 ? 'p < 0.001' : `p = ${p.toFixed(3)}`;
}

function minutesText(lagMs: number): string {
  const minutes = Math.round(Math.abs(lagMs) / 60_000);
  if (minutes === 0) return 'with the event';
  return `${minutes} min ${lagMs < 0 ? 'before' : 'after'} the event began`;
}

/** `family`: how many tests the correction was made for. */
export function associationSentence(association: Omit<Association, 'sentence'>, family: number): string {
  const { kind, platform, events, eventsWithBlock, pAdjusted, relativeRisk } = association;
  const where = association.operator === null ? platform : `${platform} on ${association.operator}`;
  const noun = kind.replaceAll('_', ' ');
  if (pAdjusted === null) {
    return `Too few events: ${where} was blocked around ${eventsWithBlock} of ${events} ${noun} events, which is not enough to tell a pattern from chance.`;
  }
  const shares = `${where} was blocked during ${percent(association.blockedShareInEvents)} of the time around ${events} ${noun} events and ${percent(association.blockedShareOtherwise)} of the same hours on comparable days without one`;
  const correction = `permutation test over days, ${pText(pAdjusted)} after correction for ${family} tests`;
  if (!association.significant || relativeRisk === null) {
    return `No pattern shown: ${shares} (${correction}).`;
  }
  const ratio = `${relativeRisk.value.toFixed(1)} times as much (95 % interval ${relativeRisk.low.toFixed(1)} to ${relativeRisk.high.toFixed(1)})`;
  const lag =
    association.medianOnsetLagMs === null
      ? ''
      : ` The middle one of these blocks began ${minutesText(association.medianOnsetLagMs)}.`;
  return `${shares}: ${ratio}; ${correction}.${lag} This shows that the two go together, not that one causes the other.`;
}
