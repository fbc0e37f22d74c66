/** Draws an option as SVG on the server. ECharts is loaded at the first chart, because it takes about 35 MB. */
import type { EChartsOption } from 'echarts';
import { escapeHtml } from '../html.ts';

async function loadEcharts() {
  const [core, charts, components, renderers] = await Promise.all([
    import('echarts/core'),
    import('echarts/charts'),
    import('echarts/components'),
    import('echarts/renderers'),
  ]);
  core.use([
    charts.CustomChart,
    components.GridComponent,
    components.MarkLineComponent,
    renderers.SVGRenderer,
  ]);
  return core;
}

let loading: ReturnType<typeof loadEcharts> | null = null;

/** `width` and `height` in pixels; the chart is disposed whatever happens. */
export async function renderSvg(option: EChartsOption, width: number, height: number): Promise<string> {
  loading ??= loadEcharts();
  const echarts = await loading;
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    chart.setOption(option);
    return chart.renderToSVGString();
  } finally {
    chart.dispose();
  }
}

/** `style="a:b;c:d"` as attributes: a strict content security policy forbids inline styles. */
function styleAsAttributes(style: string): string {
  const declarations = style.replaceAll('&quot;', "'").split(';');
  return declarations
    .map((declaration) => /^\s*([a-z-]+)\s*:\s*(.+?)\s*$/.exec(declaration))
    .flatMap((match) => {
      const [, name = '', value = ''] = match ?? [];
      if (name === '') return [];
      if (name !== 'font') return [`${name}="${value}"`];
      const size = /(\d+)px/.exec(value)?.[1];
      return size === undefined ? [] : [`font-size="${size}px"`];
    })
    .join(' ');
}

const SEGMENT = /<path ([^>]*?)ecmeta_series_index="1" ecmeta_data_index="(\d+)"([^>]*?)><\/path>/g;

export interface SvgText {
  /** For those who do not see the drawing. */
  readonly label: string;
  /** Per data index of the series `segments`: what the drawn piece means; shown by the browser under the pointer. */
  readonly titles: readonly string[];
  /** Starts the ids inside the drawing: the same for the same drawing, another for its neighbour on the page. */
  readonly idPrefix: string;
}

/** Makes ECharts' SVG fit for a strict content security policy, for screen readers and for a browser's own tooltips. */
export function dressSvg(svg: string, text: SvgText): string {
  return (
    svg
      .replace(/<style[\s\S]*?<\/style>/g, '')
      .replace(/ class="[^"]*"/g, '')
      .replace(/ style="([^"]*)"/g, (_all, style: string) => ` ${styleAsAttributes(style)}`)
      .replace(
        SEGMENT,
        (_all, before: string, index: string, after: string) =>
          `<path ${before}${after}><title>${escapeHtml(text.titles[Number(index)] ?? '')}</title></path>`,
      )
      // ECharts counts its ids up for ever; a page that did not change must stay the same to the byte.
      .replace(/\bzr\d+-/g, `${text.idPrefix}-`)
      .replace(/ ecmeta_[a-z_]+="[^"]*"/g, '')
      .replace(/ font-family="[^"]*"/g, '')
      .replace(/\n+/g, '\n')
      .replace(
        '<svg ',
        `<svg role="img" aria-label="${escapeHtml(text.label)}" font-family="system-ui, sans-serif" `,
      )
  );
}

/** Lets the page decide how wide the drawing is; the viewBox keeps its shape. */
export function withoutSize(svg: string): string {
  return svg.replace(/(<svg [^>]*?) width="[\d.]+" height="[\d.]+"/, '$1');
}
