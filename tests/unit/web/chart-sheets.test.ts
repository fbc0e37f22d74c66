/** What a chart needs to be cited: it stands alone, and says the same tomorrow. */
import { describe, expect, it } from 'vitest';
import { incidentChart } from '../../../src/web/charts/catalogue.ts';
import { chartCsv } from '../../../src/web/charts/csv.ts';
import { Painter, PicturesBusyError, sizeOf } from '../../../src/web/charts/painter.ts';
import { breakLines } from '../../../src/web/charts/text-lines.ts';
import { createContexts } from '../../../src/web/context.ts';
import { createWebServer } from '../../../src/web/server.ts';
import type { Store } from '../../../src/store/store.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { silentLog } from '../../support/silent-log.ts';
import { aCatalog, aFilledStore, anOpenIncident, aNotice, EVENING_MS } from '../../support/web-world.ts';

const WINDOW = 'from=2026-03-12T09:00:00Z&to=2026-03-12T15:45:00Z';
const PNG_MAGIC = '89504e470d0a1a0a';
const INCIDENT = 'platform_block-youtube-1';

interface World {
  readonly store?: Store;
  readonly nowMs?: number;
  readonly publicUrl?: string;
}

async function ask(url: string, { store, nowMs, publicUrl }: World = {}) {
  const app = await createWebServer({
    store: store ?? (await aFilledStore()),
    catalog: aCatalog(),
    clock: new ManualClock(nowMs ?? EVENING_MS),
    log: silentLog,
    notice: () => aNotice(),
    version: '0.0.0-test',
    ...(publicUrl === undefined ? {} : { publicUrl }),
  });
  try {
    return await app.inject({ url });
  } finally {
    await app.close();
  }
}

/** The chart of an incident that began at 20:17. */
async function marksOf(endMs: number | null) {
  const { en } = createContexts({
    store: await aFilledStore(),
    catalog: aCatalog(),
    clock: new ManualClock(EVENING_MS),
    log: silentLog,
    notice: () => aNotice(),
    version: '0.0.0-test',
  });
  return (await incidentChart(en, { ...anOpenIncident('youtube'), endMs })).frame;
}

function pngSize(png: Buffer): readonly [number, number] {
  return [png.readUInt32BE(16), png.readUInt32BE(20)];
}

describe('a chart to cite', () => {
  it('shows tomorrow what it shows today', async () => {
    const store = await aFilledStore();
    for (const path of [`/charts/timeline.svg?${WINDOW}`, `/charts/incident-${INCIDENT}.csv?${WINDOW}`]) {
      const today = await ask(path, { store });
      const tomorrow = await ask(path, { store, nowMs: EVENING_MS + 30 * 3_600_000 });
      expect(tomorrow.body).toBe(today.body);
    }
  });

  it('says zone, window, vantages, method, licence and address', async () => {
    const { body } = await ask(`/charts/platform-youtube.svg?${WINDOW}`, {
      publicUrl: 'https://aiqyn.example',
    });
    const words = /<desc>(.*?)<\/desc>/.exec(body)?.[1] ?? '';
    expect(words).toContain('Asia/Almaty (UTC+5)');
    expect(words).toContain('2026-03-12T09:00Z to 2026-03-12T15:45Z (UTC)');
    expect(words).toContain('3 vantage points');
    expect(words).toContain('https://aiqyn.example/method');
    expect(words).toContain('CC BY 4.0');
    expect(words).toContain('https://aiqyn.example/charts/platform-youtube.svg?from=2026-03-12T09:00:00Z');
  });

  it('names no vantage', async () => {
    for (const format of ['svg', 'csv'])
      expect((await ask(`/charts/timeline.${format}?${WINDOW}`)).body).not.toContain('secret-name');
  });

  it('says where nothing was measured, and does not look calm', async () => {
    const { body } = await ask(
      '/charts/platform-youtube.svg?from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00Z',
    );
    expect(body).toContain('Nothing was measured in this window.');
  });

  it.each([
    `/charts/timeline.svg?${WINDOW}&width=100`,
    `/charts/timeline.png?${WINDOW}&width=99999`,
    '/charts/timeline.png?from=2026-01-01T00:00:00Z&to=2026-03-12T00:00:00Z',
    '/charts/timeline.csv?from=yesterday',
    '/embed/timeline?from=2026-03-12T09:00:00Z&to=2026-03-12T08:00:00Z',
  ])('%s is refused with a reason', async (url) => {
    const answer = await ask(url);
    expect(answer.statusCode).toBe(400);
    expect(answer.body).toMatch(/width|window|from|longer|days|before/i);
  });

  it.each(['/charts/none.png', '/charts/timeline.gif', '/embed/none', '/incidents/none/card.png'])(
    '%s is not there',
    async (url) => {
      expect((await ask(url)).statusCode).toBe(404);
    },
  );
});

describe('a chart as numbers', () => {
  it('has a row for each piece that is drawn', async () => {
    const store = await aFilledStore();
    const csv = (await ask(`/charts/timeline.csv?${WINDOW}`, { store })).body;
    const svg = (await ask(`/charts/timeline.svg?${WINDOW}`, { store })).body;
    const [header, ...rows] = csv.trimEnd().split('\r\n');
    expect(header).toBe('start,end,row,status,share_of_networks');
    expect(rows).toHaveLength(svg.match(/<title>/g)?.length ?? 0);
    expect(rows).toContain('2026-03-12T15:15:00.000Z,2026-03-12T15:45:00.000Z,YouTube,blocked,0.667');
  });

  it('quotes what must be, and lets no name be a formula', () => {
    const segment = { startMs: 0, endMs: 300_000, status: 'ok', share: 1 } as const;
    const strips = ['=HYPERLINK("x")', 'a, b'].map((label) => ({ label, segments: [segment] }));
    const csv = chartCsv({ strips, window: { fromMs: 0, toMs: 600_000 } });
    expect(csv).toContain('"\'=HYPERLINK(""x"")"');
    expect(csv).toContain('"a, b"');
  });
});

describe('pictures', () => {
  it('a chart is a PNG of twice its width, which others may show', async () => {
    const answer = await ask(`/charts/timeline.png?${WINDOW}&width=600`);
    expect(answer.headers['content-type']).toBe('image/png');
    expect(answer.rawPayload.subarray(0, 8).toString('hex')).toBe(PNG_MAGIC);
    expect(pngSize(answer.rawPayload)[0]).toBe(1_200);
    expect(answer.headers['cross-origin-resource-policy']).toBe('cross-origin');
  });

  it('the card of an incident is 1200 × 630, and its page points to it', async () => {
    const store = await aFilledStore();
    const publicUrl = 'https://aiqyn.example';
    const card = await ask(`/incidents/${INCIDENT}/card.png`, { store });
    expect(pngSize(card.rawPayload)).toEqual([1_200, 630]);
    const page = await ask(`/incidents/${INCIDENT}`, { store, publicUrl });
    expect(page.body).toContain(
      `<meta property="og:image" content="${publicUrl}/incidents/${INCIDENT}/card.png" />`,
    );
    expect(page.body).toContain('<meta property="og:title" content="YouTube is blocked');
    expect((await ask(`/incidents/${INCIDENT}`, { store })).body).not.toContain('og:image');
  });

  it('too many in a minute are refused', async () => {
    const app = await createWebServer({
      store: await aFilledStore(),
      catalog: aCatalog(),
      clock: new ManualClock(EVENING_MS),
      log: silentLog,
      notice: () => aNotice(),
      version: '0.0.0-test',
    });
    try {
      const codes: number[] = [];
      for (let count = 0; count < 61; count += 1)
        codes.push((await app.inject({ url: '/incidents/none/card.png' })).statusCode);
      expect(codes.slice(0, 60).every((code) => code === 404)).toBe(true);
      expect(codes.at(-1)).toBe(429);
    } finally {
      await app.close();
    }
  });
});

describe('Painter', () => {
  function drawing(text: string, size = 40): { svg: string; width: number; height: number; zoom: number } {
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}" font-family="system-ui, sans-serif"><text x="2" y="30" font-size="28">${text}</text></svg>`;
    return { svg, width: size, height: size, zoom: 1 };
  }

  it('draws every letter of Kazakh, and none as a letter that is missing', async () => {
    const painter = new Painter();
    const letters = Array.from('әғқңөұүһіӘҒҚҢӨҰҮҺІ');
    const pictures: string[] = [];
    for (const letter of [...letters, '\u{F8F0}', ' '])
      pictures.push((await painter.paint(drawing(letter))).toString('base64'));
    expect(new Set(pictures).size).toBe(letters.length + 2);
  });

  it('draws the same letters in bold', async () => {
    const painter = new Painter();
    const bold = Array.from('әғқңөұүһі\u{F8F0}').map((letter) => {
      const { svg, ...rest } = drawing(letter);
      return { ...rest, svg: svg.replace('<text ', '<text font-weight="700" ') };
    });
    const pictures: string[] = [];
    for (const one of bold) pictures.push((await painter.paint(one)).toString('base64'));
    expect(new Set(pictures).size).toBe(bold.length);
  });

  it('refuses what would wait behind eight others, and goes on afterwards', async () => {
    const painter = new Painter();
    const asked = Array.from({ length: 12 }, async (_, index) => painter.paint(drawing(String(index))));
    const answers = await Promise.allSettled(asked);
    const refused = answers.flatMap((answer): unknown[] =>
      answer.status === 'rejected' ? [answer.reason] : [],
    );
    expect(refused).toHaveLength(4);
    expect(refused.every((reason) => reason instanceof PicturesBusyError)).toBe(true);
    expect((await painter.paint(drawing('later'))).length).toBeGreaterThan(60);
  });

  it('keeps a picture, and paints no more pixels than its bound', async () => {
    const painter = new Painter();
    const first = await painter.paint({ ...drawing('x', 3_000), zoom: 2 });
    expect(await painter.paint({ ...drawing('x', 3_000), zoom: 2 })).toBe(first);
    const [width, height] = pngSize(first);
    expect(width * height).toBeLessThan(8_100_000);
  });

  it('reads the size of a drawing', () => {
    expect(sizeOf('<svg xmlns="x" width="12.5" height="7">')).toEqual({ width: 12.5, height: 7 });
    expect(() => sizeOf('<svg>')).toThrow(TypeError);
  });
});

describe('breakLines(text, style, width, linesMax)', () => {
  it.each([
    { text: 'a b', lines: ['a b'], because: 'it fits' },
    { text: 'one two three four', lines: ['one two', 'three…'], because: 'the rest is cut' },
    { text: 'abcdefghijklmnop', lines: ['abcdefgh', 'ijklmnop'], because: 'a long word is broken' },
    { text: '', lines: [], because: 'there is nothing' },
  ])('is $lines where $because', ({ text, lines }) => {
    expect(breakLines(text, { size: 10 }, 50, 2)).toEqual(lines);
  });
});

describe('the marks of an incident', () => {
  const beganMs = Date.parse('2026-03-12T15:15:00Z');
  it('are to five minutes, as everything public, and have no end while it goes on', async () => {
    expect(await marksOf(null)).toEqual({ startMs: beganMs, endMs: null });
    expect(await marksOf(beganMs + 23 * 60_000)).toEqual({ startMs: beganMs, endMs: beganMs + 20 * 60_000 });
  });
});

describe('a chart in a frame', () => {
  it('may be framed by anybody, and nothing else may', async () => {
    const store = await aFilledStore();
    const embed = await ask(`/embed/timeline?${WINDOW}`, { store });
    expect(embed.headers['content-security-policy']).toContain('frame-ancestors *');
    expect(embed.headers['content-security-policy']).toContain("default-src 'none'");
    expect(embed.headers['x-frame-options']).toBeUndefined();
    expect(embed.body).not.toContain('<script');
    for (const url of ['/', `/incidents/${INCIDENT}`, '/embed/none', '/feed.atom', '/api/docs/']) {
      const other = await ask(url, { store });
      expect(other.headers['content-security-policy']).toMatch(/frame-ancestors 'none'/);
    }
  });

  it('has a drawing for a phone, unless a width is asked for, and the colours of its chart', async () => {
    const store = await aFilledStore();
    const { body } = await ask(`/embed/timeline?${WINDOW}&theme=dark`, { store });
    expect(body).toContain('class="embed dark"');
    expect(body).toContain('class="narrow"');
    const one = await ask(`/embed/timeline?${WINDOW}&width=600`, { store });
    expect(one.body).not.toContain('class="narrow"');
  });

  it('is linked with its window from the page, with all formats', async () => {
    const { body } = await ask(`/incidents/${INCIDENT}`);
    for (const part of ['.svg?from=2026-', '.png?from=2026-', '.csv?from=2026-', '/embed/incident-'])
      expect(body).toContain(part);
  });
});
