import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { detectCommand } from '../../../src/cli/commands/detect.ts';
import { EXIT } from '../../../src/cli/io.ts';

const folder = mkdtempSync(join(tmpdir(), 'aiqyn-detect-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function sink(): { readonly stream: Writable; text(): string } {
  let text = '';
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString();
      done();
    },
  });
  return { stream, text: () => text };
}

/** Runs the command on a text from stdin, cut into chunks so that rows are cut too; or on a file. */
async function detect(input: string | { readonly file: string }, json = true) {
  const [stdout, stderr] = [sink(), sink()];
  const io = { stdout: stdout.stream, stderr: stderr.stream };
  const isText = typeof input === 'string';
  const chunks = isText ? (input.match(/[^]{1,7}/gu) ?? []) : [];
  const code = await detectCommand(isText ? '-' : input.file, { json }, io, Readable.from(chunks));
  return { code, out: stdout.text(), err: stderr.text(), lines: stdout.text().split('\n').slice(0, -1) };
}

function timeOf(row: number): string {
  return new Date(Date.UTC(2019, 6, 1) + row * 300_000).toISOString().slice(0, 19).replace('T', ' ');
}

/** 400 quiet rows with a spike at row 300. */
const rows = Array.from(
  { length: 400 },
  (_, row) => `${timeOf(row)},${row === 300 ? 500 : 50 + ((row * 7919) % 11)}`,
);
const csv = `timestamp,value\n${rows.join('\n')}\n`;

describe('aiqyn detect', () => {
  it('prints one JSON line for each row, in order, with the timestamp as written', async () => {
    const { code, lines, err } = await detect(csv);
    const told = lines.map((line): unknown => JSON.parse(line));
    expect({ code, err, rows: told.length }).toEqual({ code: EXIT.done, err: '', rows: 400 });
    expect(told[0]).toEqual({ timestamp: timeOf(0), score: 0, anomaly: false });
    expect(told[300]).toMatchObject({ timestamp: timeOf(300), anomaly: true });
    expect(lines.filter((line) => line.includes('"anomaly":true'))).toHaveLength(1);
  });

  it('prints a readable list without --json', async () => {
    const { out } = await detect(csv, false);
    expect(out).toContain(`${timeOf(300)} to `);
    expect(out).toContain('above what was expected');
    expect(out).toMatch(/1 anomalies in 400 rows\.\n$/);
  });

  it.each([
    ['CRLF', csv.replaceAll('\n', '\r\n')],
    ['a lone CR', csv.replaceAll('\n', '\r')],
    ['a byte order mark', `\uFEFF${csv}`],
    ['no line end at the end', csv.trimEnd()],
    ['comments and empty lines', csv.replace('\n', '\n# made by hand\n\n')],
    ['quotes', csv.replaceAll(/^(2019[^,]*),/gm, '"$1",')],
  ])('says the same of a file with %s', async (_what, text) => {
    expect((await detect(text)).out).toBe((await detect(csv)).out);
  });

  it('reads a file, also a compressed one', async () => {
    const [plain, packed] = [join(folder, 'a.csv'), join(folder, 'a.csv.gz')];
    writeFileSync(plain, csv);
    writeFileSync(packed, gzipSync(csv));
    const expected = (await detect(csv)).out;
    expect((await detect({ file: plain })).out).toBe(expected);
    expect((await detect({ file: packed })).out).toBe(expected);
  });

  it.each([
    ['', 'is empty'],
    ['time;value\n2019-07-22;5\n', 'Columns are parted by commas'],
    ['when,value\n', 'line 1 says "when,value"'],
  ])('refuses %j as bad usage', async (text, reason) => {
    await expect(detect(text)).rejects.toThrow(reason);
  });

  it('refuses what is not there or not compressed, naming the file', async () => {
    await expect(detect({ file: join(folder, 'none.csv') })).rejects.toThrow(
      /none\.csv: there is no such file\.$/,
    );
    await expect(detect({ file: join(folder, 'none.csv.gz') })).rejects.toThrow(
      /none\.csv\.gz: there is no such file\.$/,
    );
    await expect(detect({ file: folder })).rejects.toThrow(/: is a folder; a CSV file is needed\.$/);
    const broken = join(folder, 'broken.csv.gz');
    writeFileSync(broken, csv);
    await expect(detect({ file: broken })).rejects.toThrow(
      /broken\.csv\.gz: is named \.gz and is not compressed/,
    );
  });

  it.each([
    [
      'yesterday,5',
      '1 of 401 rows skipped: no readable timestamp (first line 402: "yesterday")',
      EXIT.missing,
    ],
    ['2019-07-31,--', '1 of 401 rows skipped: no readable value (first line 402: "--")', EXIT.missing],
    ['2019-07-31', 'no readable value (first line 402: "")', EXIT.missing],
    ['2019-07-01,50', 'before the row above, scored in the order of the file (first line 402', EXIT.done],
    [`${timeOf(399)},50`, 'at the time of an earlier row (first line 402', EXIT.done],
  ])('names the row %s by its line, and scores the others', async (line, problem, exit) => {
    const { code, err, lines } = await detect(`${csv}${line}\n`);
    expect(err).toContain(problem);
    expect({ code, rows: lines.length }).toEqual({ code: exit, rows: 401 });
    expect(lines.slice(0, 400).join('\n')).toBe((await detect(csv)).lines.join('\n'));
  });

  it('says when there is only a header', async () => {
    expect(await detect('timestamp,value\n')).toMatchObject({ code: EXIT.missing, out: '' });
  });

  it('escapes what a timestamp should not hold', async () => {
    const { lines } = await detect('timestamp,value\n"say ""when""\t",5\n');
    expect(JSON.parse(lines[0] ?? '')).toEqual({ timestamp: 'say "when"', score: 0, anomaly: false });
  });
});
