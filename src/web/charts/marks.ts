/** A shape for each status, beside its colour: who sees no colours sees the shape. Each fits a circle of radius 1 about 0,0. */
import type { Status } from '../../analysis/verdict/verdict.ts';

export interface Mark {
  /** SVG path data. */
  readonly path: string;
  /** Drawn as a line, not filled. */
  readonly isHollow: boolean;
}

const CIRCLE = 'M1 0A1 1 0 1 1-1 0A1 1 0 1 1 1 0Z';
const MARKS: Readonly<Record<Status, Mark>> = {
  ok: { path: CIRCLE, isHollow: false },
  blocked: { path: 'M-.9-.9H.9V.9H-.9Z', isHollow: false },
  throttled: { path: 'M0-1L1 .8H-1Z', isHollow: false },
  intercepted: { path: 'M0-1.1L1.1 0L0 1.1L-1.1 0Z', isHollow: false },
  tampered: { path: 'M0-1L.95-.31L.59 .81H-.59L-.95-.31Z', isHollow: false },
  down: { path: 'M0 1L-1-.8H1Z', isHollow: false },
  offline: { path: 'M-.8-.8L.8 .8M-.8 .8L.8-.8', isHollow: true },
  inconclusive: { path: CIRCLE, isHollow: true },
};

export function markOf(status: Status): Mark {
  return MARKS[status];
}

/** SVG at a point; sizes in the drawing's units. `inside` is markup of ours. */
export function drawMark(
  status: Status,
  at: { readonly x: number; readonly y: number; readonly radius: number },
  colour: string,
  inside = '',
): string {
  const { path, isHollow } = markOf(status);
  const paint = isHollow
    ? `fill="none" stroke="${colour}" stroke-width="0.45"`
    : `fill="${colour}" stroke="none"`;
  return `<path transform="translate(${at.x} ${at.y}) scale(${at.radius})" d="${path}" ${paint}>${inside}</path>`;
}
