/** A bundle is accepted as it was made, and refused after any change: by accident, by a forger, by its own maker. */
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/analysis/correlate/random.ts';
import { writeBundle } from '../../../src/evidence/bundle.ts';
import { FILE } from '../../../src/evidence/manifest.ts';
import { verifyBundle } from '../../../src/evidence/verify.ts';
import type { VerifyOptions } from '../../../src/evidence/verify.ts';
import { createIdentity } from '../../../src/fleet/identity.ts';
import type { Identity } from '../../../src/fleet/identity.ts';
import { contentsOf, signedAnew as forged, zipped } from '../../support/bundle-forger.ts';
import { alsoCarried, anEvidenceWorld, INCIDENT } from '../../support/evidence-world.ts';
import type { EvidenceWorld } from '../../support/evidence-world.ts';

const CHANGES = 1_000;
/** Prime, so that every field of its records is met in one of them. */
const DIRECTORY_STEP = 13;
let folder = '';
let world: EvidenceWorld;
let bundle: Buffer;
let checker: VerifyOptions;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aiqyn-evidence-'));
  world = await anEvidenceWorld(folder);
  const { catalog, knowledge, version } = world.options;
  checker = { catalog, knowledge, version };
  await writeBundle(world.options, join(folder, 'made.zip'));
  bundle = await readFile(join(folder, 'made.zip'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function verified(bytes: Buffer, options: Partial<VerifyOptions> = {}) {
  const path = join(folder, 'tried.zip');
  await writeFile(path, bytes);
  return verifyBundle(path, { ...checker, ...options });
}

async function codesOf(bytes: Buffer): Promise<string[]> {
  return (await verified(bytes)).problems.map(({ code }) => code);
}

async function contents(): Promise<Map<string, Buffer>> {
  return contentsOf(join(folder, 'made.zip'));
}

/** As a maker would who holds the key and lies: hashes and signature are right. */
async function signedAnew(
  changed: Readonly<Record<string, Buffer>>,
  identity: Identity = world.options.identity,
): Promise<Buffer> {
  return forged(join(folder, 'made.zip'), changed, identity);
}

async function textOf(path: string): Promise<string> {
  return String((await contents()).get(path));
}

async function linesIn(path: string): Promise<string[]> {
  const file = (await contents()).get(path) ?? Buffer.alloc(0);
  return gunzipSync(file).toString('utf8').trimEnd().split('\n');
}

function packed(lines: readonly string[]): Buffer {
  return gzipSync(lines.map((line) => `${line}\n`).join(''));
}

describe('a bundle as it was made', () => {
  it('is accepted, and every measurement is judged again', async () => {
    const answer = await verified(bundle);
    expect(answer.problems).toEqual([]);
    expect(answer).toMatchObject({ isGood: true, incident: INCIDENT.id, measurements: 20, differences: 0 });
  });

  it('says whose key signed it, and is refused where another was expected', async () => {
    const { keyId } = world.options.identity;
    expect(await verified(bundle, { key: keyId })).toMatchObject({ isGood: true, key: keyId });
    const other = await verified(bundle, { key: createIdentity().identity.keyId });
    expect(other.problems).toMatchObject([{ code: 'other_key' }]);
  });

  it('is the same to the byte when it is made again', async () => {
    const again = join(folder, 'again.zip');
    await writeBundle(world.options, again);
    expect((await readFile(again)).equals(bundle)).toBe(true);
  });

  it('holds the chain of the vantage that signs, and says of the other that it has none', async () => {
    const keys: unknown = JSON.parse(await textOf(FILE.keys));
    expect(keys).toMatchObject([
      { vantage: 'ala-kcell', measurements: 20, proven: 20 },
      { vantage: 'nqz-telecom', publicKeys: [], measurements: 20, proven: 0 },
    ]);
    expect((await linesIn(FILE.proofs)).length).toBe(8);
  });

  it('proves once what was sent and also carried on a stick, and alone what was only carried', async () => {
    const options = await alsoCarried(world);
    const [, onStick] = options.chains;
    for (const chains of [options.chains, onStick === undefined ? [] : [onStick]]) {
      const path = join(folder, `carried-${chains.length}.zip`);
      await writeBundle({ ...options, chains }, path);
      const answer = await verifyBundle(path, checker);
      expect(answer.problems).toEqual([]);
      expect(answer.notes.some((note) => note.startsWith('ala-kcell'))).toBe(false);
    }
  });

  it('counts what was measured and what was compared with a control', async () => {
    expect(JSON.parse(await textOf(FILE.figures))).toMatchObject({
      measurements: 20,
      controls: 20,
      compared: 20,
      byStatus: { ok: 8, blocked: 12 },
      networks: [{ operator: 'AS29355' }, { operator: 'AS9198' }],
    });
  });

  it('has the report in three languages, as a page and on paper', async () => {
    const files = await contents();
    for (const [language, word] of [
      ['en', 'Evidence of an incident'],
      ['ru', 'Доказательства инцидента'],
      ['kk', 'Инциденттің дәлелдері'],
    ] as const) {
      expect(String(files.get(`report/${language}.html`))).toContain(word);
      expect(files.get(`report/${language}.pdf`)?.subarray(0, 5).toString()).toBe('%PDF-');
    }
    expect(String(files.get('report/kk.html'))).toContain('Әңгіме');
    expect(await textOf(FILE.claims)).toContain('Nothing is blocked.');
  });

  it('has sums that sha256sum would find right', async () => {
    const files = await contents();
    const lines = String(files.get(FILE.sums)).trimEnd().split('\n');
    for (const line of lines) {
      const [hash = '', path = ''] = line.split('  ');
      expect(
        createHash('sha256')
          .update(files.get(path) ?? '')
          .digest('hex'),
      ).toBe(hash);
    }
    expect(lines.length).toBe(files.size - 3);
  });
});

describe('a bundle that was changed', () => {
  it(`is refused after any of ${CHANGES} changes of a single byte`, { timeout: 120_000 }, async () => {
    const random = seededRandom(20_220_105);
    const accepted: string[] = [];
    for (let n = 0; n < CHANGES; n++) {
      const at = Math.floor(random() * bundle.length);
      const by = 1 + Math.floor(random() * 255);
      const changed = Buffer.from(bundle);
      changed[at] = (changed[at] ?? 0) ^ by;
      if ((await verified(changed)).isGood) accepted.push(`byte ${at} xor ${by}`);
    }
    expect(accepted).toEqual([]);
  });

  it('is refused after a change in its ZIP’s directory, wherever', async () => {
    const directory = bundle.indexOf(Buffer.from([0x50, 0x4b, 0x01, 0x02]));
    const accepted: number[] = [];
    for (let at = directory; at < bundle.length; at += DIRECTORY_STEP) {
      const changed = Buffer.from(bundle);
      changed[at] = (changed[at] ?? 0) ^ 0x01;
      if ((await verified(changed)).isGood) accepted.push(at);
    }
    expect(accepted).toEqual([]);
  });

  it.each([
    ['cut off', () => bundle.subarray(0, bundle.length - 1)],
    ['with something behind it', () => Buffer.concat([bundle, Buffer.from('x')])],
    ['with something before it', () => Buffer.concat([Buffer.from('x'), bundle])],
    ['empty', () => Buffer.alloc(0)],
    ['something else', () => Buffer.from('This is no ZIP.')],
  ])('is refused %s', async (_what, made) => {
    expect((await verified(made())).isGood).toBe(false);
  });

  it('is refused with a comment', async () => {
    const comment = Buffer.from('hello');
    const changed = Buffer.concat([bundle, comment]);
    changed.writeUInt16LE(comment.length, bundle.length - 2);
    expect(await codesOf(changed)).toEqual(['changed_zip']);
  });

  it('is refused with one file more, one file less, or in another order', async () => {
    const files = [...(await contents())];
    expect(await codesOf(await zipped([...files, ['extra.txt', Buffer.from('x')]]))).toEqual(['extra_file']);
    const without = files.filter(([path]) => path !== 'report/kk.pdf');
    expect(await codesOf(await zipped(without))).toEqual(['missing_file']);
    expect(await codesOf(await zipped(files.toReversed()))).toEqual(['changed_zip']);
  });

  it('is refused with a file twice, and with a path that leads elsewhere', async () => {
    const files = [...(await contents())];
    expect(await codesOf(await zipped([...files, ...files.slice(0, 1)]))).toEqual(['hostile_zip']);
    const changed = await zipped([...files, ['aa-aa-x', Buffer.from('x')]]);
    const hostile = Buffer.from(changed.toString('latin1').replaceAll('aa-aa-x', '../../x'), 'latin1');
    expect((await verified(hostile)).problems).toMatchObject([{ code: 'not_a_zip' }]);
  });

  it('is refused where its signature is another key’s', async () => {
    expect(await codesOf(await signedAnew({}, createIdentity().identity))).toEqual(['forged']);
  });
});

describe('a bundle whose own maker lies', () => {
  it('is accepted when signed anew without a change', async () => {
    expect(await codesOf(await signedAnew({}))).toEqual([]);
  });

  it('is refused with a verdict that the rules do not give, and says which and how', async () => {
    const lines = await linesIn(FILE.verdicts);
    const changed = lines.map((line, n) => (n === 6 ? line.replace('"blocked"', '"down"') : line));
    const { problems } = await verified(await signedAnew({ [FILE.verdicts]: packed(changed) }));
    expect(problems[0]).toMatchObject({ code: 'wrong_verdict' });
    expect(problems[0]?.what).toMatch(/the bundle says down .* judged again it is blocked \(tls\/sni_drop\)/);
  });

  it('is refused with numbers that the data does not have', async () => {
    const figures = (await textOf(FILE.figures)).replace('"blocked": 12', '"blocked": 13');
    expect(await codesOf(await signedAnew({ [FILE.figures]: Buffer.from(figures) }))).toEqual([
      'wrong_report',
    ]);
    const page = (await textOf('report/ru.html')).replace('value="12"', 'value="13"');
    expect(await codesOf(await signedAnew({ 'report/ru.html': Buffer.from(page) }))).toEqual([
      'wrong_report',
    ]);
  });

  it('is refused with a measurement changed that its vantage signed', async () => {
    const lines = await linesIn(FILE.measurements);
    const changed = lines.map((line, n) =>
      n === 0 ? line.replace('"test_runtime":', '"test_runtime":1') : line,
    );
    const { problems } = await verified(await signedAnew({ [FILE.measurements]: packed(changed) }));
    expect(problems).toMatchObject([{ code: 'wrong_proof' }]);
    expect(problems[0]?.what).toContain('19 of 20 measurements are proven');
  });

  it('is refused with a batch left out between others', async () => {
    const lines = await linesIn(FILE.proofs);
    const changed = lines.filter((_line, n) => n !== 3);
    expect(await codesOf(await signedAnew({ [FILE.proofs]: packed(changed) }))).toEqual(['wrong_proof']);
  });
});

describe('a bundle of another Aiqyn', () => {
  it('is accepted with a note on each thing that was not compared', async () => {
    const answer = await verified(bundle, { version: '9.9.9' });
    expect(answer.isGood).toBe(true);
    expect(answer.notes.join('\n')).toContain('another version of Aiqyn');
  });

  it('is told where its verdicts differ under the rules here', async () => {
    const lines = await linesIn(FILE.verdicts);
    const changed = lines.map((line, n) =>
      n === 6 ? line.replace(/"rule":"[^"]*"/, '"rule":"old.rule"') : line,
    );
    const figures = await textOf(FILE.figures);
    expect(figures).not.toContain('old.rule');
    const answer = await verified(await signedAnew({ [FILE.verdicts]: packed(changed) }), {
      version: '9.9.9',
    });
    expect(answer.differences).toBe(1);
    expect(answer.notes.join('\n')).toContain('by old.rule');
  });
});
