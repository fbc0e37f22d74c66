import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { verdictCommand } from '../../../../src/cli/commands/verdict.ts';
import { currentWord } from '../../../../src/sources/ooni/legacy.ts';
import { linesOf } from '../../../../src/sources/ooni/lines.ts';
import { readMeasurementFiles } from '../../../../src/sources/ooni/read.ts';
import type { Problem } from '../../../../src/sources/ooni/read.ts';
import {
  CONTROL_FAILS,
  HOST,
  NO_KNOWLEDGE,
  SITE,
  connect,
  webMeasurement,
} from '../../../support/web-observations.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'aiqyn-ooni-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const down = webMeasurement({ tcp: [connect(SITE, 443, 'connection_refused')], control: CONTROL_FAILS });
const LINE = JSON.stringify(down);

function write(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

async function read(...paths: string[]): Promise<{ lines: number[]; problems: Problem[] }> {
  const problems: Problem[] = [];
  const lines: number[] = [];
  for await (const { line } of readMeasurementFiles(paths, (problem) => problems.push(problem)))
    lines.push(line);
  return { lines, problems };
}

describe('readMeasurementFiles(paths)', () => {
  it.each([
    { shape: 'one object', name: 'a.json', content: LINE, lines: [1] },
    {
      shape: 'one object over many lines',
      name: 'a.json',
      content: JSON.stringify(down, null, 2),
      lines: [1],
    },
    { shape: 'an array', name: 'a.json', content: `[${LINE},${LINE}]`, lines: [1, 1] },
    {
      shape: 'an array over many lines',
      name: 'a.json',
      content: `[\n${LINE},\n${LINE}\n]\n`,
      lines: [1, 1],
    },
    {
      shape: 'JSONL with empty lines and no last line end',
      name: 'a.jsonl',
      content: `${LINE}\n\n${LINE}`,
      lines: [1, 3],
    },
    { shape: 'gzip', name: 'a.jsonl.gz', content: gzipSync(`${LINE}\r\n${LINE}\n`), lines: [1, 2] },
    {
      shape: 'what an editor began with a byte order mark',
      name: 'a.jsonl',
      content: `\uFEFF${LINE}\n${LINE}\n`,
      lines: [1, 2],
    },
  ])('reads $shape', async ({ name, content, lines }) => {
    expect(await read(write(name, content))).toEqual({ lines, problems: [] });
  });

  it.each([
    { wrong: 'a line that is no JSON', bad: '{"input":', says: /not JSON/u },
    { wrong: 'a value that is no object', bad: '42', says: /no measurement/u },
    {
      wrong: 'an object that is no measurement',
      bad: '{"test_name":"web_connectivity"}',
      says: /measurement_start_time|test_keys/u,
    },
    {
      wrong: 'test keys of another shape',
      bad: JSON.stringify({ ...down, test_keys: { queries: 'x' } }),
      says: /test_keys: queries/u,
    },
  ])('names and skips $wrong', async ({ bad, says }) => {
    const file = write('a.jsonl', `${LINE}\n${bad}\n${LINE}\n`);
    const { lines, problems } = await read(file);
    expect(lines).toEqual([1, 3]);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ file, line: 2 });
    expect(problems[0]?.what).toMatch(says);
  });

  it.each(['', '\n\n', '[]'])('names a file that holds only %j', async (content) => {
    const file = write('a.json', content);
    expect(await read(file)).toEqual({
      lines: [],
      problems: [{ file, line: 0, what: 'holds no measurement' }],
    });
  });

  it('names a folder without measurement files', async () => {
    write('notes.txt', 'hello');
    const what = 'holds no .json, .jsonl or .ndjson file';
    expect(await read(folder)).toEqual({ lines: [], problems: [{ file: folder, line: 0, what }] });
  });

  it('loses only the lines that are broken where the first of them end as a document begins', async () => {
    const { lines, problems } = await read(
      write('a.jsonl', `{"input":"x",\n{"a":[\n${LINE}\n{"b":{\n${LINE}`),
    );
    expect(lines).toEqual([3, 5]);
    expect(problems.map(({ line }) => line)).toEqual([1, 2, 4]);
  });

  it('names a document that was cut off once, by its first line', async () => {
    const text = JSON.stringify(down, null, 2);
    const { lines, problems } = await read(write('a.json', `\n${text.slice(0, text.length / 2)}`));
    expect(lines).toEqual([]);
    expect(problems.map(({ line }) => line)).toEqual([2]);
    expect(problems[0]?.what).toMatch(/not JSON/u);
  });

  it('reads what precedes the end of a gzip that was cut off, and names it', async () => {
    // Stored, not packed: then what lies before the cut is known to the byte.
    const whole = gzipSync(`${LINE}\n`.repeat(3_000), { level: 0 });
    const { lines, problems } = await read(write('cut.jsonl.gz', whole.subarray(0, whole.length - 40_000)));
    expect(problems).toHaveLength(1);
    expect(problems[0]?.what).toContain('unexpected end of file');
    expect(lines.length).toBeGreaterThanOrEqual(3_000 - Math.ceil(40_000 / LINE.length) - 1);
  });

  it('names a gzip that is none and a path that is not there, and goes on', async () => {
    const { lines, problems } = await read(
      write('a.json.gz', 'plain'),
      join(folder, 'none.json'),
      write('b.json', LINE),
    );
    expect(lines).toEqual([1]);
    expect(problems.map(({ line }) => line)).toEqual([0, 0]);
  });

  it('walks folders, in order, and reads only measurement files there', async () => {
    mkdirSync(join(folder, 'deep'));
    write('deep/b.jsonl', LINE);
    write('a.json', LINE);
    write('notes.txt', 'hello');
    expect(await read(folder)).toEqual({ lines: [1, 1], problems: [] });
  });

  it('reads what old probes wrote', async () => {
    const old = {
      input: `http://${HOST}/`,
      measurement_start_time: '2017-01-02 03:04:05',
      test_name: 'web_connectivity',
      test_keys: {
        queries: null,
        tcp_connect: [{ ip: SITE, port: 80, status: { failure: false, success: true } }],
        requests: [
          { failure: 'response_never_received', request: { url: `http://${HOST}/` }, response: null },
        ],
        control: { tcp_connect: { [`${SITE}:80`]: { status: true, failure: false } } },
        control_failure: false,
      },
    };
    const problems: Problem[] = [];
    for await (const { measurement } of readMeasurementFiles(
      [write('a.json', JSON.stringify(old))],
      (problem) => problems.push(problem),
    )) {
      expect(measurement.test_keys).toMatchObject({
        control_failure: null,
        requests: [{ failure: 'eof_error' }],
      });
    }
    expect(problems).toEqual([]);
  });
});

describe('currentWord(failure)', () => {
  it.each([
    ['connection_refused_error', 'connection_refused'],
    ['tcp_timed_out_error', 'generic_timeout_error'],
    ['deferred_timeout_error', 'generic_timeout_error'],
    ['dns_lookup_error', 'dns_nxdomain_error'],
    ['ssl_unknown_authority', 'ssl_unknown_authority'],
  ])('reads %s as %s', (old, word) => {
    expect(currentWord(old)).toBe(word);
  });
});

describe('linesOf(chunks)', () => {
  it('joins lines over chunks and drops those over the bound', async () => {
    async function* chunks(): AsyncIterable<Uint8Array> {
      for (const text of ['ab', 'c\nlong', 'er than ten\nd']) yield Buffer.from(text);
    }
    const lines: unknown[] = [];
    for await (const line of linesOf(chunks(), 10)) lines.push(line);
    expect(lines).toEqual([
      { number: 1, text: 'abc' },
      { number: 2, text: null },
      { number: 3, text: 'd' },
    ]);
  });
});

describe('verdictCommand(paths)', () => {
  async function run(json: boolean, ...paths: string[]): Promise<{ code: number; out: string; err: string }> {
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    const code = await verdictCommand(paths, { json }, { stdout, stderr }, NO_KNOWLEDGE);
    return { code, out: String(stdout.read() ?? ''), err: String(stderr.read() ?? '') };
  }

  it('prints one JSON object per measurement and nothing else', async () => {
    const file = write('a.jsonl', `${LINE}\n`);
    const { code, out, err } = await run(true, file);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const parsed: unknown = JSON.parse(out);
    expect(parsed).toMatchObject({
      file,
      input: `https://${HOST}/`,
      status: 'down',
      layer: 'tcp',
      method: null,
      rule: 'down.control_fails',
    });
  });

  it('prints a table for people, without control characters of others', async () => {
    const { out } = await run(
      false,
      write('a.json', JSON.stringify({ ...down, input: 'http://a.example/\u001b[31m' })),
    );
    expect(out).toContain('STATUS');
    expect(out).not.toContain('\u001b');
    const { err } = await run(true, write('b.jsonl', '{"a":\u001b[31m}'));
    expect(err).toContain('b.jsonl:1: skipped: not JSON');
    expect(err).not.toContain('\u001b');
  });

  it('tells by its exit code what went wrong', async () => {
    const good = write('good.json', LINE);
    const bad = write('bad.json', 'x');
    expect((await run(true, good, bad)).code).toBe(3);
    expect((await run(true, bad)).code).toBe(1);
    const missing = await run(true, good, join(folder, 'none'));
    expect(missing).toMatchObject({ code: 2, out: '' });
    expect(missing.err).toContain('none');
  });
});
