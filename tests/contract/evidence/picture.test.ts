/** The course of the incident on paper: in each language, the same bytes each time, and refused where it is another's. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OwnMeasurement } from '../../../probes/measurement.ts';
import { judge } from '../../../src/analysis/verdict/judge.ts';
import { saidBy, withWitnesses } from '../../../src/analysis/corroborate/witnessed.ts';
import { toPoint } from '../../../src/analysis/verdict/point.ts';
import { makeEvidence } from '../../../src/cli/evidence-maker.ts';
import { installationIdentity } from '../../../src/cli/installation.ts';
import { packageVersion } from '../../../src/cli/version.ts';
import { verifyBundle } from '../../../src/evidence/verify.ts';
import { createMemoryStore } from '../../../src/store/memory/store.ts';
import type { Store } from '../../../src/store/store.ts';
import { isOpaquePng } from '../../../src/web/charts/opaque-png.ts';
import { contentsOf, signedAnew } from '../../support/bundle-forger.ts';
import { anEvidenceWorld, EVENTS, INCIDENT, minutesOf } from '../../support/evidence-world.ts';
import type { EvidenceWorld } from '../../support/evidence-world.ts';
import { silentLog } from '../../support/silent-log.ts';
import { aTestimony } from '../../support/testimonies.ts';

const WITNESSED = withWitnesses(INCIDENT, saidBy([aTestimony({ source: 'ooni' })]));
const LANGUAGES = ['en', 'ru', 'kk'] as const;
let folder = '';
let world: EvidenceWorld;
let store: Store;
let file = '';
let files: Map<string, Buffer>;

async function made(): Promise<string> {
  const { dataDir, options } = world;
  const workDir = await mkdtemp(join(folder, 'work-'));
  const sources = { incident: WITNESSED, store, dataDir, catalog: options.catalog, workDir, log: silentLog };
  return (await makeEvidence(sources)).file ?? '';
}

async function codesOf(path: string): Promise<string[]> {
  const { catalog, knowledge } = world.options;
  const { problems } = await verifyBundle(path, { catalog, knowledge, version: packageVersion() });
  return problems.map(({ code }) => code);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aiqyn-picture-'));
  world = await anEvidenceWorld(folder);
  store = createMemoryStore();
  const vantages = [
    { id: 'ala-kcell', operator: 'AS29355', place: 'almaty', access: 'mobile' },
    { id: 'nqz-telecom', operator: 'AS9198', place: 'astana', access: 'fixed' },
  ] as const;
  const measured: OwnMeasurement[] = vantages.flatMap((vantage) => minutesOf(vantage));
  const { knowledge } = world.options;
  const points = measured.map((measurement) => toPoint(measurement, judge(measurement, knowledge)));
  await store.writePoints(points);
  await store.saveEvents(EVENTS);
  file = await made();
  files = await contentsOf(file);
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('the chart of a bundle', () => {
  it.each(LANGUAGES)('stands in the report in %s: drawn on the page, printed on paper', (language) => {
    const picture = files.get(`charts/incident-${language}.png`) ?? Buffer.alloc(0);
    expect(isOpaquePng(picture)).toBe(true);
    const pdf = files.get(`report/${language}.pdf`) ?? Buffer.alloc(0);
    const pixels = picture.subarray(41, 41 + picture.readUInt32BE(33));
    expect(pdf.includes(pixels)).toBe(true);
    const page = String(files.get(`report/${language}.html`));
    expect(page.match(/<img src="[^"]*"/g)).toEqual([`<img src="../charts/incident-${language}.svg"`]);
  });

  it('is labelled in each language', () => {
    const drawings = LANGUAGES.map((language) => String(files.get(`charts/incident-${language}.svg`)));
    expect(new Set(drawings).size).toBe(3);
    expect(drawings[1]).toContain('заблокировано');
    expect(drawings[2]).toContain('бұғатталған');
  });

  it('has the report name who outside saw it too', () => {
    expect(String(files.get('report/en.html'))).toContain('OONI sees it too.');
    expect(String(files.get('report/ru.html'))).toContain('По данным OONI это тоже видно.');
  });

  it('is accepted, and the same to the byte when it is made again', async () => {
    expect(await codesOf(file)).toEqual([]);
    expect((await readFile(await made())).equals(await readFile(file))).toBe(true);
  });

  it.each([
    ['of another language', () => files.get('charts/incident-ru.png') ?? Buffer.alloc(0)],
    ['that is no picture', () => Buffer.from('not a picture')],
    ['with pixels that cannot be unpacked', () => damaged(files.get('charts/incident-en.png'))],
  ])('is refused where its maker put one there %s', async (_what, other) => {
    const identity = await installationIdentity(world.dataDir);
    const path = join(folder, 'forged.zip');
    await writeFile(path, await signedAnew(file, { 'charts/incident-en.png': other() }, identity));
    expect(await codesOf(path)).toEqual(['wrong_report']);
  });
});

describe('the confidence of a bundle', () => {
  it('is refused where it is not what its witnesses make of the detector’s own', async () => {
    const identity = await installationIdentity(world.dataDir);
    const path = join(folder, 'sure.zip');
    const incident = Buffer.from(JSON.stringify({ ...WITNESSED, confidence: 0.99 }));
    await writeFile(path, await signedAnew(file, { 'incident.json': incident }, identity));
    const { catalog, knowledge } = world.options;
    const { problems } = await verifyBundle(path, { catalog, knowledge, version: packageVersion() });
    const said = problems.map(({ what }) => what);
    expect(said).toContainEqual(
      expect.stringMatching(/says a confidence of 0\.99; .* makes 0\.92\d* of 0\.9$/),
    );
  });
});

/** A header that says that there is an alpha channel: a reader of PNG would unpack it. */
function damaged(picture: Buffer | undefined): Buffer {
  const bytes = Buffer.from(picture ?? Buffer.alloc(64));
  bytes.writeUInt8(6, 25);
  return bytes;
}
