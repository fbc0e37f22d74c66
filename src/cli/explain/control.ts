/** One sentence on what the control had to say. */
import type { AppTestKeys, ControlSource, WebTestKeys } from '../../../probes/measurement.ts';

const MINUTE_MS = 60_000;
const NONE = 'No control was asked, so only evidence that carries its own comparison counts.';
const SILENT = 'The control was asked and did not answer, so nobody is called blocked by comparison with it.';

/** QUIC that is answered needs no control. */
export const QUIC_UNASKED = 'The control is asked only where QUIC fails.';

export function controlSentence(keys: WebTestKeys): string {
  const source: ControlSource = keys.x_aiqyn_control_source ?? (keys.control === null ? 'none' : 'live');
  if (source === 'live') return 'The control measured the same target at the same time.';
  if (source === 'none') return keys.control_failure === null ? NONE : SILENT;
  const minutes = Math.max(1, Math.round((keys.x_aiqyn_control_age_ms ?? 0) / MINUTE_MS));
  return `The control did not answer; its newest good answer, ${minutes} min old, stands in.`;
}

/** Of an app the control is asked about what failed, and about nothing else. */
export function appControlSentence({ x_aiqyn_controls: asked }: AppTestKeys, hasFailures: boolean): string {
  if (asked.length === 0) return hasFailures ? NONE : 'Nothing failed, so the control was not asked.';
  const live = asked.filter(({ source, failure }) => source === 'live' && failure === null);
  if (live.length === asked.length) return 'The control measured what failed here at the same time.';
  return live.length === 0
    ? SILENT
    : 'The control measured some of what failed here; to the rest it gave no answer.';
}
