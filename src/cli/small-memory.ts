/**
 * For a small machine that does little at a time. Said to a process that has not loaded much yet it saves a third of an agent's
 * memory: `npm run bench -- agent`.
 */
import { setFlagsFromString } from 'node:v8';

const YOUNG_MEGABYTES = 2;

/** V8 keeps few young objects and prefers small code to fast code. Before what is large is loaded; safe to call twice. */
export function keepSmall(): void {
  setFlagsFromString('--optimize-for-size');
  setFlagsFromString(`--max-semi-space-size=${YOUNG_MEGABYTES}`);
  setFlagsFromString('--semi-space-growth-factor=1');
}

/**
 * For a process that waits for the network most of the time: V8's optimising compiler took 10 MB of an agent, and a fifth of its
 * processor time in the first minute of rounds. Not for a command that works through much at once.
 */
export function compileLittle(): void {
  keepSmall();
  setFlagsFromString('--no-opt');
}
