/** The cut of January 2022, from the sources' answers to the page: who agrees, who cannot see it, and what that does to the confidence. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Incident } from '../../src/analysis/detect/point.ts';
import { keepWitnessed } from '../../src/collector/hear-witnesses.ts';
import { createMemoryStore } from '../../src/store/memory/store.ts';
import { IncidentDetailAnswer, IncidentsAnswer } from '../../src/web/api/schemas.ts';
import { OutsideAnswer, SourcesAnswer } from '../../src/web/api/source-routes.ts';
import { createWebServer } from '../../src/web/server.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { anIncident, anOutsidePoint } from '../support/points.ts';
import { silentLog } from '../support/silent-log.ts';
import { aCatalog, aNotice } from '../support/web-world.ts';
import { CUT_MS, EVENING_MS } from '../support/worlds/january-2022.ts';
import { startWorlds } from '../support/worlds/sources.ts';
import type { Worlds } from '../support/worlds/sources.ts';

const HOUR_MS = 3_600_000;

const store = createMemoryStore();
let worlds: Worlds;

const SHUTDOWN: Incident = anIncident({
  id: 'shutdown-2022',
  kind: 'shutdown',
  platforms: [],
  operators: ['AS9198', 'AS29355', 'AS21299'],
  places: ['almaty', 'astana'],
  access: null,
  method: null,
  startMs: CUT_MS,
  confidence: 0.8,
  members: [],
});
const YOUTUBE = anIncident({
  id: 'youtube-2022',
  operators: ['AS9198'],
  startMs: Date.parse('2022-01-05T06:00:00Z'),
  endMs: CUT_MS,
  status: 'restored',
});
const TELEGRAM = anIncident({ ...YOUTUBE, id: 'telegram-2022', platforms: ['telegram'] });
/** In the evening before nothing happened to networks as a whole. */
const FALSE_ALARM = anIncident({
  ...SHUTDOWN,
  id: 'false-alarm',
  startMs: CUT_MS - 16 * HOUR_MS,
  endMs: CUT_MS - 13 * HOUR_MS,
  status: 'restored',
});

beforeAll(async () => {
  worlds = await startWorlds({ store, nowMs: EVENING_MS, lookbackMs: 6 * 86_400_000 });
  // Of probes there is no past to ask for: what is connected and what is the latest are what was seen at each poll.
  for (let atMs = CUT_MS - 44 * HOUR_MS; atMs < EVENING_MS; atMs += atMs < CUT_MS ? HOUR_MS : HOUR_MS / 3) {
    worlds.clock.set(atMs);
    await worlds.keeper.poll('atlas');
  }
  worlds.clock.set(EVENING_MS);
  await worlds.pollAll();
  await keepWitnessed(store, [SHUTDOWN, YOUTUBE, TELEGRAM, FALSE_ALARM], EVENING_MS);
});
afterAll(async () => {
  await worlds.close();
});

async function ask(url: string) {
  const app = await createWebServer({
    store,
    catalog: aCatalog(),
    clock: new ManualClock(EVENING_MS),
    log: silentLog,
    notice: () => aNotice(),
    version: '0.0.0-test',
    sources: () => worlds.keeper.states(),
  });
  try {
    return await app.inject({ url });
  } finally {
    await app.close();
  }
}

/** `source signal entity: stance reason` of those that are looked for. */
async function witnesses(id: string, wanted: RegExp): Promise<string[]> {
  const { body } = await ask(`/api/incidents/${id}`);
  const { corroboration } = IncidentDetailAnswer.parse(JSON.parse(body));
  return corroboration
    .map(({ source, signal, entity, stance, reason }) => `${source} ${signal} ${entity}: ${stance} ${reason}`)
    .filter((line) => wanted.test(line))
    .sort();
}

describe('the cut of 5 January 2022', () => {
  it('is borne out by traffic, pings, probes and those who tell of it', async () => {
    expect(await witnesses('shutdown-2022', / KZ: agrees/)).toEqual([
      'atlas burst KZ: agrees reported',
      'atlas probes KZ: agrees changed',
      'atlas reached KZ: agrees changed',
      'ihr disco KZ: agrees reported',
      'ioda gtr.web_search KZ: agrees changed',
      'ioda gtr.youtube KZ: agrees changed',
      'ioda merit-nt KZ: agrees changed',
      'ioda merit-nt.alert KZ: agrees reported',
      'ioda ping-slash24 KZ: agrees changed',
      'ioda ping-slash24 KZ: agrees reported',
      'radar http KZ: agrees changed',
      'radar http.mobile KZ: agrees changed',
      'radar netflows KZ: agrees changed',
      'radar outage.nationwide KZ: agrees reported',
    ]);
  });

  it('is not seen in the routes, which stayed: that speaks neither for it nor against it', async () => {
    expect(await witnesses('shutdown-2022', /(bgp|prefixes\.v4|asns) KZ/)).toEqual([
      'ioda bgp KZ: cannot_see one_sided',
      'ripestat asns KZ: cannot_see one_sided',
      'ripestat prefixes.v4 KZ: cannot_see one_sided',
    ]);
  });

  it('has nobody against it', async () => {
    expect(await witnesses('shutdown-2022', /disagrees/)).toEqual([]);
  });

  it('says when each saw it: Atlas’s probes at 11:15, traffic from the first quarter hour', async () => {
    const { corroboration } = IncidentDetailAnswer.parse(
      JSON.parse((await ask('/api/incidents/shutdown-2022')).body),
    );
    function of(name: string) {
      return corroboration.find(({ source, signal, entity }) => `${source} ${signal} ${entity}` === name);
    }
    expect(of('atlas burst KZ')).toMatchObject({ start: '2022-01-05T11:15:00.000Z', end: null });
    expect(of('atlas reached KZ')).toMatchObject({
      start: '2022-01-05T10:50:00.000Z',
      end: null,
      usual: 1,
      extreme: 0,
    });
    expect(of('radar http KZ')).toMatchObject({ start: '2022-01-05T10:30:00.000Z', end: null });
    expect(of('radar http KZ')?.extreme).toBeLessThan(0.05);
  });

  it('raises the confidence within its bounds, and shows both', async () => {
    const answer = IncidentDetailAnswer.parse(JSON.parse((await ask('/api/incidents/shutdown-2022')).body));
    expect(answer.confidenceAlone).toBe(0.8);
    expect(answer.confidence).toBeGreaterThan(0.9);
    expect(answer.confidence).toBeLessThanOrEqual(0.99);
    expect(answer.confidenceWithWitnesses).toBe(answer.confidence);
    const { body } = await ask('/incidents/shutdown-2022');
    expect(body).toContain('Confidence from our own measurements: 80 %.');
    expect(body).toMatch(/Cloudflare Radar, web traffic, the whole country/);
    expect(body).toMatch(/RIPE Atlas, probes that get through, the whole country/);
    expect(body).toMatch(/went from 0\.\d+ to 0\.0\d \(from 5 January 2022, 16:30 \(UTC\+6\)\)/);
    expect(body).toMatch(/witnesses cannot see it, or have no data/);
  });
});

describe('wherever an incident is shown', () => {
  it('its confidence is the same number, and who spoke of it is named', async () => {
    const { incidents } = IncidentsAnswer.parse(JSON.parse((await ask('/api/incidents')).body));
    for (const listed of incidents) {
      const page = (await ask(`/incidents/${listed.id}`)).body;
      const detail = IncidentDetailAnswer.parse(JSON.parse((await ask(`/api/incidents/${listed.id}`)).body));
      expect(detail).toMatchObject(listed);
      const percent = `${Math.round(listed.confidence * 100)} %`;
      expect(page).toContain(`(${percent})`);
      expect(page).toContain(`With those witnesses: ${percent}.`);
    }
    const { body } = await ask('/incidents');
    expect(body).toContain('RIPE Atlas, Internet Health Report, IODA and Cloudflare Radar see it too.');
    expect(body).toContain('confidence 60 %');
    const cut = incidents.find(({ id }) => id === 'shutdown-2022');
    expect(cut?.witnesses).toEqual({
      agree: ['atlas', 'ihr', 'ioda', 'radar'],
      disagree: [],
      cannotSee: ['ooni', 'ripestat'],
      noData: [],
    });
  });
});

describe('what is no cut', () => {
  it('one platform: networks’ witnesses cannot see it, volunteers’ measurements agree', async () => {
    expect(await witnesses('youtube-2022', /(ioda bgp|radar http|ooni) .*AS9198/)).toEqual([
      'ioda bgp AS9198: cannot_see kind',
      'ooni anomalies.telegram AS9198: cannot_see platform',
      'ooni anomalies.youtube AS9198: agrees changed',
      'ooni changepoint AS9198: agrees reported',
      'radar http AS9198: cannot_see kind',
    ]);
  });

  it('volunteers’ measurements that go well speak against a block of their platform', async () => {
    expect(await witnesses('telegram-2022', /ooni anomalies\.telegram/)).toEqual([
      'ooni anomalies.telegram AS9198: disagrees as_usual',
      'ooni anomalies.telegram KZ: cannot_see country_only',
    ]);
    const answer = IncidentDetailAnswer.parse(JSON.parse((await ask('/api/incidents/telegram-2022')).body));
    expect(answer.confidence).toBeCloseTo(0.9 * 0.85);
  });

  it('a cut that nobody else saw is doubted, and stays', async () => {
    expect(await witnesses('false-alarm', /disagrees/)).toEqual([
      'atlas probes AS21299: disagrees as_usual',
      'atlas probes AS29355: disagrees as_usual',
      'atlas probes AS9198: disagrees as_usual',
      'atlas probes KZ: disagrees as_usual',
      'atlas reached AS21299: disagrees as_usual',
      'atlas reached AS29355: disagrees as_usual',
      'atlas reached AS9198: disagrees as_usual',
      'atlas reached KZ: disagrees as_usual',
      'ioda gtr.web_search KZ: disagrees as_usual',
      'ioda gtr.youtube KZ: disagrees as_usual',
      'ioda ping-slash24 AS21299: disagrees as_usual',
      'ioda ping-slash24 AS29355: disagrees as_usual',
      'ioda ping-slash24 AS9198: disagrees as_usual',
      'ioda ping-slash24 KZ: disagrees as_usual',
      'ioda ping-slash24 almaty: disagrees as_usual',
      'radar http AS21299: disagrees as_usual',
      'radar http AS29355: disagrees as_usual',
      'radar http AS9198: disagrees as_usual',
      'radar http KZ: disagrees as_usual',
      'radar http.mobile KZ: disagrees as_usual',
      'radar netflows KZ: disagrees as_usual',
    ]);
    const answer = IncidentDetailAnswer.parse(JSON.parse((await ask('/api/incidents/false-alarm')).body));
    expect(answer.confidence).toBeCloseTo(0.6);
    expect((await ask('/incidents/false-alarm')).statusCode).toBe(200);
  });
});

describe('who is asked', () => {
  it('stands on the page of vantages and in the API, with what is wrong', async () => {
    worlds.of('ihr').setMood({ kind: 'status', status: 500 });
    await worlds.keeper.poll('ihr');
    const { body } = await ask('/vantages');
    expect(body).toContain('Who else is asked');
    expect(body).toContain('Cloudflare Radar');
    expect(body).toContain('does not answer');
    expect(body).toContain('HTTP 500');
    const { sources } = SourcesAnswer.parse(JSON.parse((await ask('/api/sources')).body));
    expect(sources).toContainEqual(
      expect.objectContaining({ id: 'ihr', status: 'failing', lastGood: '2022-01-05T16:00:00.000Z' }),
    );
    expect(sources).toContainEqual(expect.objectContaining({ id: 'radar', status: 'ok', problems: [] }));
  });

  it('gives their numbers against what is usual', async () => {
    const from = '2022-01-05T08:00:00Z';
    const { body } = await ask(`/api/outside?source=radar&signal=http&from=${from}&to=2022-01-05T16:00:00Z`);
    const { series, outages } = OutsideAnswer.parse(JSON.parse(body));
    expect(series).toHaveLength(1);
    const newest = series[0]?.rows.at(-1);
    expect((newest?.value ?? 1) / (newest?.baseline ?? 1)).toBeLessThan(0.05);
    expect(outages).toContainEqual(expect.objectContaining({ cause: 'GOVERNMENT_DIRECTED', end: null }));
    expect((await ask('/api/outside?source=nobody')).statusCode).toBe(400);
  });

  it('refuses more numbers than one answer holds', async () => {
    const many = Array.from({ length: 20_001 }, (_, n) =>
      anOutsidePoint({ source: 'ripestat', entity: 'AS1', atMs: EVENING_MS - 1 - n * 1_000 }),
    );
    await store.writeOutside(many);
    const url = '/api/outside?source=ripestat&entity=AS1&from=2022-01-01T00:00:00Z&to=2022-01-05T16:00:00Z';
    expect((await ask(url)).statusCode).toBe(400);
  });
});
