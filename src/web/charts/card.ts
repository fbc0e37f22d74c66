/** The picture that a link to an incident is shown with elsewhere: 1200 × 630, large letters, few rows. */
import type { Incident } from '../../analysis/detect/point.ts';
import type { ChartContext } from '../context.ts';
import { escapeHtml } from '../html.ts';
import { offsetName } from '../messages/words.ts';
import { utcMinute } from './address.ts';
import { CARD_HEIGHT_PX, CARD_WIDTH_PX } from './card-size.ts';
import { incidentChart } from './catalogue.ts';
import { drawChart } from './charts.ts';
import { THEME_PALETTES } from './palette.ts';
import { legendBlock } from './sheet.ts';
import { stripChartHeight } from './strip-option.ts';
import { breakLines, drawText } from './text-lines.ts';

const MARGIN_PX = 48;
const CHART_WIDTH_PX = 736;
const CHART_SCALE = (CARD_WIDTH_PX - 2 * MARGIN_PX) / CHART_WIDTH_PX;
const ROWS_MAX = 4;
const TITLE = { size: 40, line: 50, linesMax: 3 };
const LEGEND_TOP_PX = 540;
const FOOT_Y_PX = 605;

export async function drawCard(context: ChartContext, incident: Incident): Promise<string> {
  const palette = THEME_PALETTES.light;
  const whole = await incidentChart(context, incident);
  const chart = { ...whole, strips: whole.strips.slice(0, ROWS_MAX) };
  const { site, verdict, incidents, cite } = context.messages;
  const style = { size: TITLE.size, colour: palette.ink, isBold: true };
  const lines = breakLines(chart.title, style, CARD_WIDTH_PX - 2 * MARGIN_PX, TITLE.linesMax);
  const kicker = [
    site.name,
    verdict.incidentKind[incident.kind],
    verdict.incidentStatus[incident.status],
    incidents.vantageCount(incident.vantageIds.length),
  ].join(' · ');
  const chartTop = LEGEND_TOP_PX - 10 - stripChartHeight(chart.strips.length) * CHART_SCALE;
  const look = { width: CHART_WIDTH_PX, palette };
  const drawing = chart.strips.length === 0 ? '' : await drawChart(context, chart, look);
  const legend = legendBlock(context, chart, look).markup;
  const { timeZone, window } = chart;
  const foot = cite.card(
    timeZone,
    offsetName(window.toMs, timeZone),
    utcMinute(window.fromMs),
    utcMinute(window.toMs),
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="${escapeHtml(chart.title)}"`,
    ` width="${CARD_WIDTH_PX}" height="${CARD_HEIGHT_PX}" font-family="system-ui, sans-serif">`,
    `<rect width="${CARD_WIDTH_PX}" height="${CARD_HEIGHT_PX}" fill="${palette.paper ?? '#fff'}"/>`,
    drawText(kicker, MARGIN_PX, 72, { size: 24, colour: palette.quiet }),
    ...lines.map((line, row) => drawText(line, MARGIN_PX, 132 + row * TITLE.line, style)),
    `<g transform="translate(${MARGIN_PX} ${chartTop}) scale(${CHART_SCALE})">${drawing}</g>`,
    `<g transform="translate(${MARGIN_PX - 24} ${LEGEND_TOP_PX}) scale(${CHART_SCALE})">${legend}</g>`,
    drawText(foot, MARGIN_PX, FOOT_Y_PX, { size: 18, colour: palette.quiet }),
    '</svg>',
  ].join('');
}
