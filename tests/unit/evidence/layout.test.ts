/** What the files of a bundle are made of: gzipped lines, and a ZIP of which every byte is given. */
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { wholeOf } from '../../../src/evidence/bytes.ts';
import { linesOf } from '../../../src/evidence/lines.ts';
import { sha256 } from '../../../src/evidence/manifest.ts';
import { zipOf } from '../../../src/evidence/zip.ts';

function packed(lines: readonly string[]): Buffer {
  return gzipSync(lines.map((line) => `${line}\n`).join(''));
}

describe('lines of a bundle', () => {
  async function read(bytes: Buffer, max?: number): Promise<string[]> {
    const lines: string[] = [];
    for await (const line of linesOf(Readable.from([bytes]), 'a file', max)) lines.push(line);
    return lines;
  }

  it('come back as they were written', async () => {
    expect(await read(packed(['{"a":1}', 'Қазақ']))).toEqual(['{"a":1}', 'Қазақ']);
  });

  it.each([
    ['no gzip', Buffer.from('x'), undefined, 'a file'],
    ['a last line without its end', gzipSync('x'), undefined, 'no end'],
    ['a bomb', packed([' '.repeat(100_000)]), 50_000, 'unpacks to too much'],
  ])('are refused: %s', async (_what, bytes, max, says) => {
    await expect(read(bytes, max)).rejects.toThrow(says);
  });
});

describe('the layout of the ZIP', () => {
  it('is part of the format: a library that wrote it otherwise would refuse every bundle made before', async () => {
    const made = await wholeOf(
      zipOf([{ path: 'a.txt', bytes: 1, open: async () => Readable.from([Buffer.from('a')]) }]),
    );
    expect(sha256(made)).toMatchInlineSnapshot(
      `"1b28af57c27dafaafa4f3b5501ae33a4dedeb0b5bbf97acaeea7d36cbcacb173"`,
    );
  });
});
