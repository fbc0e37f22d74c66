/** Who outside bears an incident out, in one sentence: the same on pages, in alerts and in reports of evidence. */
import type { Voices } from '../../analysis/corroborate/witnessed.ts';
import type { Messages } from '../messages/messages.ts';

/** Null where nobody says anything of it. */
export function voicesSentence(
  { outside }: Pick<Messages, 'outside'>,
  { agree, disagree }: Pick<Voices, 'agree' | 'disagree'>,
): string | null {
  if (agree.length + disagree.length === 0) return null;
  const names: Readonly<Record<string, string>> = outside.source;
  function named(sources: readonly string[]): string[] {
    return sources.map((source) => names[source] ?? source);
  }
  return outside.voices(named(agree), named(disagree));
}
