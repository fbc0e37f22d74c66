/** Pictures that a PDF takes in as they are. */
import { inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isOpaquePng, opaquePng } from '../../../src/web/charts/opaque-png.ts';
import { Painter } from '../../../src/web/charts/painter.ts';

const SVG =
  '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="2" viewBox="0 0 4 2"><rect width="4" height="2" fill="#ffffff"/><rect width="2" height="2" fill="#c0392b"/></svg>';
const SIZE = { svg: SVG, width: 4, height: 2, zoom: 1 };

/** Colours row by row, of a file that `opaquePng` wrote: signature, header of 25 bytes, one chunk of pixels, end. */
function rowsOf(png: Buffer): string[] {
  const [width, length] = [png.readUInt32BE(16), png.readUInt32BE(33)];
  const rows = inflateSync(png.subarray(41, 41 + length)).toString('hex');
  const perRow = 2 * (1 + 3 * width);
  return Array.from({ length: rows.length / perRow }, (_, n) => rows.slice(n * perRow, (n + 1) * perRow));
}

describe('a picture without transparency', () => {
  it('has the colours of the drawing, and no alpha channel', async () => {
    const png = await new Painter().paint({ ...SIZE, isOpaque: true });
    expect(isOpaquePng(png)).toBe(true);
    expect(rowsOf(png)).toEqual(
      Array.from({ length: 2 }, () => `00${'c0392b'.repeat(2)}${'ffffff'.repeat(2)}`),
    );
  });

  it('keeps every pixel of any picture', () => {
    const picture = fc
      .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }))
      .chain(([width, height]) =>
        fc.tuple(
          fc.constant(width),
          fc.array(fc.uint8Array({ minLength: 4 * width, maxLength: 4 * width }), {
            minLength: height,
            maxLength: height,
          }),
        ),
      );
    fc.assert(
      fc.property(picture, ([width, rows]) => {
        const png = opaquePng(width, rows.length, Buffer.concat(rows));
        const wanted = rows.map((row) => `00${Buffer.from(row.filter((_, n) => n % 4 < 3)).toString('hex')}`);
        expect(rowsOf(png)).toEqual(wanted);
        expect(isOpaquePng(png)).toBe(true);
      }),
    );
  });

  it('is told from any other file, of which a reader may choke', async () => {
    const painter = new Painter();
    const png = await painter.paint({ ...SIZE, isOpaque: true });
    const changed = Buffer.from(png);
    changed.writeUInt8(6, 25);
    const huge = Buffer.from(png);
    huge.writeUInt32BE(0xffffffff, 16);
    const others = [
      await painter.paint(SIZE),
      png.subarray(0, -1),
      Buffer.concat([png, Buffer.from('x')]),
      Buffer.alloc(0),
      changed,
      huge,
    ];
    expect(others.map(isOpaquePng)).toEqual(others.map(() => false));
  });
});
