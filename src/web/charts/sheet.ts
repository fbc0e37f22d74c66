/** A chart that stands alone: with its title, legend and what one must know to cite it. */
import { STATUSES } from '../../analysis/verdict/verdict.ts';
import type { Status } from '../../analysis/verdict/verdict.ts';
import type { ChartContext } from '../context.ts';
import { escapeHtml } from '../html.ts';
import { localPath } from '../languages.ts';
import { offsetName } from '../messages/words.ts';
import { chartAddress, utcMinute } from './address.ts';
import { chartBucketMs, drawChart } from './charts.ts';
import type { Chart } from './charts.ts';
import { drawMark } from './marks.ts';
import type { Palette } from './palette.ts';
import { stripChartHeight } from './strip-option.ts';
import { breakLines, drawText, textWidth } from './text-lines.ts';

const MARGIN_PX = 16;
const TITLE = { size: 18, line: 24, linesMax: 4 };
const LEGEND = { size: 12, line: 20, radius: 5 };
const CAPTION = { size: 11, line: 15, linesMax: 4 };
const NOTHING_LINE_PX = 30;

export interface SheetLook {
  readonly width: number;
  readonly palette: Palette;
}

/** How many vantages measured what the chart shows. */
export async function countVantages(context: ChartContext, chart: Chart): Promise<number> {
  const { window, scope, asns } = chart;
  const buckets = await context.store.buckets({
    window,
    bucketMs: chartBucketMs(window),
    by: ['vantage', 'operator'],
    scope,
  });
  const counted = buckets.filter(({ group }) => asns?.includes(group[1] ?? '') ?? true);
  return new Set(counted.map(({ group }) => group[0])).size;
}

/** Paragraphs below a chart: zone, window, vantages, method, licence, address. */
export function captionOf(context: ChartContext, chart: Chart, vantages: number): string[] {
  const { cite, language } = context.messages;
  const { window, timeZone } = chart;
  const origin = context.publicUrl ?? '';
  const offsets = [...new Set([offsetName(window.fromMs, timeZone), offsetName(window.toMs, timeZone)])];
  return [
    cite.times(timeZone, offsets.join(', '), utcMinute(window.fromMs), utcMinute(window.toMs)),
    cite.method(vantages, chartBucketMs(window) / 60_000, `${origin}${localPath(language, '/method')}`),
    cite.source(`${origin}${chartAddress(chart.id, window, 'svg', language)}`),
  ];
}

function seenStatuses(chart: Chart): Status[] {
  const seen = new Set(chart.strips.flatMap(({ segments }) => segments.map(({ status }) => status)));
  return STATUSES.filter((status) => seen.has(status));
}

interface Block {
  readonly markup: string;
  readonly height: number;
}

function titleBlock(chart: Chart, { width, palette }: SheetLook): Block {
  const style = { size: TITLE.size, colour: palette.ink, isBold: true };
  const lines = breakLines(chart.title, style, width - 2 * MARGIN_PX, TITLE.linesMax);
  const markup = lines.map((line, row) => drawText(line, MARGIN_PX, 28 + row * TITLE.line, style)).join('');
  return { markup, height: 14 + lines.length * TITLE.line };
}

/** Marks and words, as many to a line as fit. */
export function legendBlock(context: ChartContext, chart: Chart, { width, palette }: SheetLook): Block {
  const style = { size: LEGEND.size, colour: palette.quiet };
  let x = MARGIN_PX;
  let row = 0;
  const items = seenStatuses(chart).map((status) => {
    const word = context.messages.verdict.status[status];
    const needed = 4 * LEGEND.radius + textWidth(word, style) + 14;
    if (x > MARGIN_PX && x + needed > width - MARGIN_PX) {
      x = MARGIN_PX;
      row += 1;
    }
    const y = 12 + row * LEGEND.line;
    const mark = drawMark(status, { x: x + LEGEND.radius, y, radius: LEGEND.radius }, palette.status[status]);
    const text = drawText(word, x + 3 * LEGEND.radius, y + 4, style);
    x += needed;
    return mark + text;
  });
  return { markup: items.join(''), height: items.length === 0 ? 0 : (row + 1) * LEGEND.line + 4 };
}

function captionBlock(paragraphs: readonly string[], { width, palette }: SheetLook): Block {
  const style = { size: CAPTION.size, colour: palette.quiet };
  const lines = paragraphs.flatMap((text) =>
    breakLines(text, style, width - 2 * MARGIN_PX, CAPTION.linesMax),
  );
  const markup = lines.map((line, row) => drawText(line, MARGIN_PX, 14 + row * CAPTION.line, style)).join('');
  return { markup, height: lines.length * CAPTION.line + 12 };
}

/** A chart without measurements says so, and never looks like calm. */
async function chartBlock(context: ChartContext, chart: Chart, look: SheetLook): Promise<Block> {
  if (chart.strips.length === 0) {
    const style = { size: 13, colour: look.palette.quiet };
    return {
      markup: drawText(context.messages.cite.nothing, MARGIN_PX, 18, style),
      height: NOTHING_LINE_PX,
    };
  }
  return { markup: await drawChart(context, chart, look), height: stripChartHeight(chart.strips.length) };
}

/** Blocks below each other on the palette's own ground. */
function assembled(blocks: readonly Block[], label: string, description: string, look: SheetLook): string {
  let y = 0;
  const parts = blocks.map(({ markup, height }) => {
    const part = `<g transform="translate(0 ${y})">${markup}</g>`;
    y += height;
    return part;
  });
  const { width, palette } = look;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="${escapeHtml(label)}"`,
    ` width="${width}" height="${y}" viewBox="0 0 ${width} ${y}" font-family="system-ui, sans-serif">`,
    `<desc>${escapeHtml(description)}</desc>`,
    palette.paper === null ? '' : `<rect width="${width}" height="${y}" fill="${palette.paper}"/>`,
    ...parts,
    '</svg>',
  ].join('');
}

/** A whole SVG document on its own background. */
export async function drawSheet(context: ChartContext, chart: Chart, look: SheetLook): Promise<string> {
  const paragraphs = captionOf(context, chart, await countVantages(context, chart));
  const blocks = [
    titleBlock(chart, look),
    await chartBlock(context, chart, look),
    legendBlock(context, chart, look),
    captionBlock(paragraphs, look),
  ];
  return assembled(blocks, chart.title, paragraphs.join(' '), look);
}

/** A chart for a page of print that has its own title and says whose it is: with its legend, and in which zone its times are. */
export async function drawFigure(context: ChartContext, chart: Chart, look: SheetLook): Promise<string> {
  const [times = ''] = captionOf(context, chart, 1);
  const blocks = [
    await chartBlock(context, chart, look),
    legendBlock(context, chart, look),
    captionBlock([times], look),
  ];
  return assembled(blocks, chart.title, times, look);
}
