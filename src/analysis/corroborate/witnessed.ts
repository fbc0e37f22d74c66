/**
 * An incident together with what witnesses outside said of it: the one place where its confidence becomes the one that everybody is
 * shown. Pure. What the detector said alone is kept, so that a later word of theirs is counted from there and never on top of another.
 */
import type { Incident } from '../detect/point.ts';
import { confidenceWith } from './confidence.ts';
import type { Reason, Stance, Testimony } from './corroborate.ts';
import { familyOfReport, ruleOf } from './witness.ts';
import type { Family } from './witness.ts';

/** A stored incident stays a few kilobytes, however many series its witnesses have. */
const SPEAKING_MAX = 100;
const SERIES_MAX = 400;

/** Series that say nothing of it for one reason. */
export interface SilentWitnesses {
  readonly stance: Stance;
  readonly reason: Reason;
  /** `source signal entity` each. */
  readonly series: readonly string[];
}

export interface Said {
  /** Those that agree, then those that disagree. */
  readonly speaking: readonly Testimony[];
  readonly silent: readonly SilentWitnesses[];
}

export interface Witnessed extends Said {
  /** The detector’s own confidence, 0–1. */
  readonly alone: number;
}

const NOBODY: Said = { speaking: [], silent: [] };

function isSpeaking({ stance }: Pick<Testimony, 'stance'>): boolean {
  return stance === 'agrees' || stance === 'disagrees';
}

/** @param testimonies in the order of `corroborate` */
export function saidBy(testimonies: readonly Testimony[]): Said {
  const silent = new Map<string, SilentWitnesses & { readonly series: string[] }>();
  const unspoken = testimonies.filter((testimony) => !isSpeaking(testimony)).slice(0, SERIES_MAX);
  for (const { source, signal, entity, stance, reason } of unspoken) {
    const key = `${stance} ${reason}`;
    const group = silent.get(key) ?? { stance, reason, series: [] };
    group.series.push(`${source} ${signal} ${entity}`);
    silent.set(key, group);
  }
  return { speaking: testimonies.filter(isSpeaking).slice(0, SPEAKING_MAX), silent: [...silent.values()] };
}

/** What an incident carries of them; nothing where nobody was asked. */
export function saidOf({ witnessed }: Incident): Said {
  return witnessed ?? NOBODY;
}

/** As the detector said it, whoever spoke of it since. */
export function withoutWitnesses(incident: Incident): Incident {
  const { witnessed, ...alone } = incident;
  return witnessed === undefined ? incident : { ...alone, confidence: witnessed.alone };
}

/** With what they say now, in the place of what they said before. */
export function withWitnesses(incident: Incident, said: Said): Incident {
  const alone = withoutWitnesses(incident);
  if (said.speaking.length + said.silent.length === 0) return alone;
  const { speaking, silent } = said;
  const confidence = confidenceWith(alone.confidence, speaking);
  return { ...alone, confidence, witnessed: { alone: alone.confidence, speaking, silent } };
}

function familyOf(source: string, signal: string): Family {
  return ruleOf(source, signal)?.family ?? familyOfReport(source, signal) ?? 'reports';
}

/** Every witness, one by one: those that agree, those that disagree, and the others by their reason. */
export function testimoniesOf(incident: Incident): Testimony[] {
  const { speaking, silent } = saidOf(incident);
  const others = silent.flatMap(({ stance, reason, series }) =>
    series.map((name): Testimony => {
      const [source = '', signal = '', entity = ''] = name.split(' ');
      const nothing = { startMs: null, endMs: null, usual: null, extreme: null };
      return { source, signal, entity, family: familyOf(source, signal), stance, reason, ...nothing };
    }),
  );
  return [...speaking, ...others];
}

/** Sources, each in one list alone, the first of these that any of its series puts it in. */
export interface Voices {
  readonly agree: readonly string[];
  readonly disagree: readonly string[];
  readonly cannotSee: readonly string[];
  readonly noData: readonly string[];
}

/** Who bears it out, who speaks against it and who says nothing, in short. */
export function voicesOf(incident: Incident): Voices {
  const testimonies = testimoniesOf(incident);
  const named = new Set<string>();
  function fresh(stance: Stance): string[] {
    const own = testimonies.filter((one) => one.stance === stance).map(({ source }) => source);
    const found = [...new Set(own)].filter((source) => !named.has(source)).sort();
    for (const source of found) named.add(source);
    return found;
  }
  return {
    agree: fresh('agrees'),
    disagree: fresh('disagrees'),
    cannotSee: fresh('cannot_see'),
    noData: fresh('no_data'),
  };
}
