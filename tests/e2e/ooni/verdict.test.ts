/** `aiqyn verdict`, as a user runs it on files that are good, odd, broken or not there: exit codes, stdout and stderr. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { runCli, withTemporaryFolder } from '../../support/cli.ts';
import { mmdbOf } from '../../support/mmdb-writer.ts';
import { HOST, SITE, handshake, request, webMeasurement } from '../../support/web-observations.ts';

const URL_OF_SITE = `https://${HOST}/`;
const OK = JSON.stringify(
  webMeasurement({ tls: [handshake(SITE)], requests: [request(URL_OF_SITE, SITE, {})] }),
);
const RESET = JSON.stringify(
  webMeasurement({
    tls: [handshake(SITE, 'connection_reset')],
    requests: [request(URL_OF_SITE, SITE, { failure: 'connection_reset' })],
  }),
);

/** What scripts rely on: these keys and no others. */
const Judged = z.strictObject({
  file: z.string(),
  line: z.int().min(1),
  input: z.string().nullable(),
  status: z.enum([
    'ok',
    'blocked',
    'throttled',
    'intercepted',
    'tampered',
    'down',
    'offline',
    'inconclusive',
  ]),
  layer: z.enum(['dns', 'tcp', 'tls', 'quic', 'http', 'app', 'network']).nullable(),
  method: z.string().nullable(),
  confidence: z.number().min(0).max(1),
  reasons: z.array(z.string().min(1)),
  rule: z.string().min(1),
});

type Files = Readonly<Record<string, string | Uint8Array>>;

/** Runs in a folder with these files, so that paths stay short. */
async function verdict(files: Files, ...args: readonly string[]) {
  return withTemporaryFolder(async (folder) => {
    await mkdir(join(folder, 'folder'));
    for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
    return runCli(['verdict', ...args], {}, folder);
  });
}

async function judged(files: Files, ...args: readonly string[]) {
  const { code, stdout, stderr } = await verdict(files, ...args, '--json');
  const lines = stdout.split('\n');
  expect(lines.pop()).toBe('');
  return { code, stderr, verdicts: lines.map((line) => Judged.parse(JSON.parse(line))) };
}

describe('aiqyn verdict --json', () => {
  it('prints one object a measurement, with a reason for what it says', async () => {
    const { code, stderr, verdicts } = await judged({ 'a.json': RESET }, 'a.json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(verdicts).toMatchObject([
      { file: 'a.json', line: 1, input: URL_OF_SITE, status: 'blocked', layer: 'tls', method: 'reset' },
    ]);
    expect(verdicts[0]?.reasons.length).toBeGreaterThan(0);
    expect(verdicts[0]?.confidence).toBeGreaterThan(0.5);
  });

  it('takes objects, arrays, lines, gzip and folders, in the order in which they were named', async () => {
    const files = {
      'pretty.json': JSON.stringify(JSON.parse(OK), null, 2),
      'array.json': `[${RESET},${OK}]`,
      'lines.jsonl': `${OK}\r\n\r\n${RESET}`,
      'zipped.jsonl.gz': gzipSync(`${RESET}\n${OK}\n`),
      'folder/b.json': RESET,
      'folder/a.jsonl.gz': gzipSync(OK),
      'folder/notes.txt': 'no measurement, and nobody named it',
    };
    const named = ['zipped.jsonl.gz', 'lines.jsonl', 'folder', 'array.json', 'pretty.json'];
    const { code, stderr, verdicts } = await judged(files, ...named);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(verdicts.map(({ file, line, status }) => [file, line, status])).toEqual([
      ['zipped.jsonl.gz', 1, 'blocked'],
      ['zipped.jsonl.gz', 2, 'ok'],
      ['lines.jsonl', 1, 'ok'],
      ['lines.jsonl', 3, 'blocked'],
      [join('folder', 'a.jsonl.gz'), 1, 'ok'],
      [join('folder', 'b.json'), 1, 'blocked'],
      ['array.json', 1, 'blocked'],
      ['array.json', 1, 'ok'],
      ['pretty.json', 1, 'ok'],
    ]);
  });

  it('says that it cannot judge a test that it does not know', async () => {
    const unknown = OK.replace('"web_connectivity"', '"dnscheck"');
    const { code, verdicts } = await judged({ 'a.json': unknown }, 'a.json');
    expect(code).toBe(0);
    expect(verdicts).toMatchObject([{ status: 'inconclusive', confidence: 0 }]);
    expect(verdicts[0]?.reasons.join(' ')).toContain('dnscheck');
  });

  it('skips what is malformed, names its file and line, and judges the rest', async () => {
    const lines = ['{"input":"https://cut.example/",', OK, '{"test_name": broken', '42', RESET, '{"a":{'];
    const { code, stderr, verdicts } = await judged({ 'some.jsonl': lines.join('\n') }, 'some.jsonl');
    expect(code).toBe(3);
    expect(verdicts.map(({ line, status }) => [line, status])).toEqual([
      [2, 'ok'],
      [5, 'blocked'],
    ]);
    expect(stderr.match(/^some\.jsonl:\d+: skipped: /gmu)).toEqual(
      [1, 3, 4, 6].map((line) => `some.jsonl:${line}: skipped: `),
    );
  });

  it.each([
    { odd: 'an empty file', name: 'odd.jsonl', content: '', says: 'holds no measurement' },
    { odd: 'an empty array', name: 'odd.json', content: '[]', says: 'holds no measurement' },
    { odd: 'a plain file called .gz', name: 'odd.jsonl.gz', content: OK, says: 'incorrect header check' },
    {
      odd: 'a gzip that was cut off',
      name: 'odd.jsonl.gz',
      content: gzipSync(OK).subarray(0, 200),
      says: 'unexpected end of file',
    },
    { odd: 'a folder without measurements', name: 'folder', content: null, says: 'holds no .json' },
  ])('names $odd: 3 where others could be judged, 1 where it was all', async ({ name, content, says }) => {
    const files = { 'good.json': OK, ...(content === null ? {} : { [name]: content }) };
    const among = await judged(files, name, 'good.json');
    expect(among).toMatchObject({ code: 3, verdicts: [{ file: 'good.json', status: 'ok' }] });
    expect(among.stderr).toContain(`${name}: skipped: ${says}`);
    const alone = await judged(files, name);
    expect(alone).toMatchObject({ code: 1, verdicts: [] });
    expect(alone.stderr).toContain('No measurement could be read.');
  });
});

describe('aiqyn verdict', () => {
  it('prints a table with the reasons below each line', async () => {
    const { code, stdout, stderr } = await verdict({ 'a.jsonl': `${OK}\n${RESET}\n` }, 'a.jsonl');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^STATUS {2,}CONFIDENCE {2,}LAYER\/METHOD {2,}INPUT\n/u);
    expect(stdout).toMatch(/^ok {2,}0\.\d\d {2,}- {2,}https:\/\/www\.example\.com\/\n {4}\S/mu);
    expect(stdout).toMatch(/^blocked {2,}0\.\d\d {2,}tls\/reset {2,}https:\/\/www\.example\.com\/\n {4}\S/mu);
  });

  it('lets no control character of a file reach the terminal', async () => {
    const input = OK.replace(`"input":"${URL_OF_SITE}"`, '"input":"https://a.example/\\u001b[2J"');
    const { code, stdout, stderr } = await verdict({ 'a.jsonl': `${input}\n{"b":\u001b[2J}` }, 'a.jsonl');
    expect(code).toBe(3);
    expect(stdout).toContain('https://a.example/\uFFFD[2J');
    expect(stderr).toContain('a.jsonl:2: skipped: not JSON');
    expect(stdout + stderr).not.toContain('\u001b');
  });

  it.each([
    {
      wrong: 'a file that is not there',
      args: ['a.json', 'none.json'],
      says: 'none.json: there is no such file',
    },
    { wrong: 'no file at all', args: [], says: "missing required argument 'paths'" },
    { wrong: 'an option that is none', args: ['a.json', '--jsno'], says: 'Did you mean --json?' },
    {
      wrong: 'a table that is not there',
      args: ['a.json', '--asn-db', 'none.mmdb'],
      says: 'none.mmdb: cannot be read',
    },
    {
      wrong: 'a table that is none',
      args: ['a.json', '--asn-db', 'junk.mmdb'],
      says: 'junk.mmdb: is no table',
    },
    { wrong: 'an empty table', args: ['a.json', '--asn-db', 'empty.mmdb'], says: 'empty.mmdb: is no table' },
    { wrong: 'a folder for a table', args: ['a.json', '--asn-db', 'folder'], says: 'folder: cannot be read' },
  ])('judges nothing and exits with 2 on $wrong', async ({ args, says }) => {
    const files = { 'a.json': OK, 'junk.mmdb': 'hello', 'empty.mmdb': '' };
    const { code, stdout, stderr } = await verdict(files, ...args);
    expect(stderr).toContain(says);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  it('names a damaged table, whether or not a measurement asks it', async () => {
    const whole = mmdbOf({ '203.0.113.0/24': { autonomous_system_number: 9198 } });
    // The tree and its data are gone, what describes them is there.
    const cut = whole.subarray(whole.indexOf(Buffer.from('abcdef4d61784d696e642e636f6d', 'hex')));
    const { code, stdout, stderr } = await verdict(
      { 'a.json': OK, 'cut.mmdb': cut },
      'a.json',
      '--asn-db',
      'cut.mmdb',
    );
    expect(stderr).toContain('cut.mmdb: is a damaged table');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });
});
