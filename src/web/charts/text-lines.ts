/** Text for drawings, which break no lines by themselves. Widths are those of DejaVu Sans, the widest font that is used. */
import { escapeHtml } from '../html.ts';

/** A share of the font's size that a letter takes on average, so that a line never runs out of the drawing. */
const LETTER_WIDTH = 0.62;
const BOLD_LETTER_WIDTH = 0.7;

export interface TextStyle {
  readonly size: number;
  readonly colour: string;
  readonly isBold?: boolean;
}

/** Pixels, from above. */
export function textWidth(text: string, { size, isBold }: Pick<TextStyle, 'size' | 'isBold'>): number {
  return text.length * size * (isBold === true ? BOLD_LETTER_WIDTH : LETTER_WIDTH);
}

/** At most `linesMax` lines of at most `width` pixels; what does not fit ends with an ellipsis. A long word is cut. */
export function breakLines(
  text: string,
  style: Pick<TextStyle, 'size' | 'isBold'>,
  width: number,
  linesMax: number,
): string[] {
  const lettersMax = Math.max(8, Math.floor(width / textWidth('x', style)));
  const pieces = text
    .split(/\s+/)
    .filter((word) => word !== '')
    .flatMap((word) => word.match(new RegExp(`.{1,${lettersMax}}`, 'gu')) ?? []);
  const lines: string[] = [];
  for (const piece of pieces) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + piece.length <= lettersMax) {
      lines[lines.length - 1] = `${last} ${piece}`;
    } else lines.push(piece);
  }
  if (lines.length <= linesMax) return lines;
  const kept = lines.slice(0, linesMax);
  const end = kept.at(-1) ?? '';
  return [...kept.slice(0, -1), `${end.slice(0, lettersMax - 1)}…`];
}

/** One `<text>`; `y` is its baseline. */
export function drawText(text: string, x: number, y: number, { size, colour, isBold }: TextStyle): string {
  const weight = isBold === true ? ' font-weight="700"' : '';
  return `<text x="${x}" y="${y}" font-size="${size}" fill="${colour}"${weight}>${escapeHtml(text)}</text>`;
}
