/** The map of the front page: each city that is measured in, by the worst of what its networks see now. */
import { SEVERITY } from '../../analysis/verdict/severity.ts';
import type { Status } from '../../analysis/verdict/verdict.ts';
import { drawMark } from '../charts/marks.ts';
import { PAGE_PALETTE } from '../charts/palette.ts';
import type { WebContext } from '../context.ts';
import { escapeHtml } from '../html.ts';
import { localPath } from '../languages.ts';
import { networkKey } from '../overview/network.ts';
import type { StatusTable } from '../overview/cells.ts';
import { KAZAKHSTAN } from './outline.ts';
import { project } from './projection.ts';
import type { FlatPoint } from './projection.ts';

const WIDTH = 480;
const MARGIN = 12;
const RADIUS = 6;
const FONT = 14;
const LETTER_WIDTH = FONT * 0.6;
const NAMED_MAX = 4;

export interface City {
  readonly place: string;
  readonly name: string;
  readonly longitude: number;
  readonly latitude: number;
  readonly status: Status;
  /** Names of the platforms that have this status; none where all is well. */
  readonly platforms: readonly string[];
}

/** Cities in order of their trouble, the worst last, so that it is drawn above the others. */
export function citiesOf(
  { catalog, names }: Pick<WebContext, 'catalog' | 'names'>,
  table: StatusTable,
): City[] {
  const cities: City[] = [];
  for (const place of new Set(table.networks.map((network) => network.place))) {
    const fact = catalog.places.find(({ id }) => id === place);
    if (fact === undefined) continue;
    const keys = table.networks.filter((network) => network.place === place).map(networkKey);
    const seen = table.rows.flatMap(({ platform, cells }) =>
      keys.flatMap((key) => {
        const cell = cells.get(key);
        return cell === undefined ? [] : [{ platform, status: cell.status }];
      }),
    );
    const status = SEVERITY.find((candidate) => seen.some((one) => one.status === candidate));
    if (status === undefined) continue;
    const troubled = status === 'ok' ? [] : seen.filter((one) => one.status === status);
    const platforms = [...new Set(troubled.map(({ platform }) => names.platform(platform)))];
    const { longitude, latitude } = fact;
    cities.push({ place, name: names.place(place), longitude, latitude, status, platforms });
  }
  return cities.toSorted((a, b) => SEVERITY.indexOf(b.status) - SEVERITY.indexOf(a.status));
}

interface Frame {
  readonly height: number;
  readonly at: (point: FlatPoint) => FlatPoint;
}

const COUNTRY: readonly FlatPoint[] = KAZAKHSTAN.split(' ').map((pair) => {
  const [longitude = 0, latitude = 0] = pair.split(',').map(Number);
  return project(longitude, latitude);
});

function frameOf(points: readonly FlatPoint[]): Frame {
  const xs = points.map(({ x }) => x);
  const ys = points.map(({ y }) => y);
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  const scale = (WIDTH - 2 * MARGIN) / (Math.max(...xs) - left);
  function rounded(value: number): number {
    return Math.round(value * 10) / 10;
  }
  return {
    height: Math.ceil((Math.max(...ys) - top) * scale + 2 * MARGIN),
    at: ({ x, y }) => ({ x: rounded((x - left) * scale + MARGIN), y: rounded((y - top) * scale + MARGIN) }),
  };
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

function labelBox(name: string, { x, y }: FlatPoint): Box & { readonly anchor: 'start' | 'end' } {
  const width = name.length * LETTER_WIDTH;
  const toTheRight = x + RADIUS + 5 + width < WIDTH;
  const left = toTheRight ? x + RADIUS + 5 : x - RADIUS - 5 - width;
  const anchor = toTheRight ? 'start' : 'end';
  return { left, right: left + width, top: y - FONT / 2, bottom: y + FONT / 2, anchor };
}

/** SVG. Names that would lie over others are left to the titles. */
export function drawMap({ messages }: Pick<WebContext, 'messages'>, cities: readonly City[]): string {
  const frame = frameOf(COUNTRY);
  const outline = COUNTRY.map(frame.at)
    .map(({ x, y }) => `${x} ${y}`)
    .join('L');
  const spots = cities.map((city) => ({ city, at: frame.at(project(city.longitude, city.latitude)) }));
  const taken: Box[] = spots.map(({ at: { x, y } }) => ({
    left: x - RADIUS,
    right: x + RADIUS,
    top: y - RADIUS,
    bottom: y + RADIUS,
  }));
  const drawn = spots.toReversed().map(({ city, at }) => {
    const named = city.platforms.slice(0, NAMED_MAX);
    const details = city.platforms.length > NAMED_MAX ? [...named, '…'] : named;
    const title = escapeHtml(messages.map.city(city.name, messages.verdict.status[city.status], details));
    const mark = drawMark(city.status, { ...at, radius: RADIUS }, PAGE_PALETTE.status[city.status]);
    const box = labelBox(city.name, at);
    const isFree = !taken.some((other) => overlap(other, box));
    if (isFree) taken.push(box);
    const x = box.anchor === 'start' ? box.left : box.right;
    const label = isFree
      ? `<text x="${Math.round(x)}" y="${Math.round(at.y + FONT / 3)}" text-anchor="${box.anchor}">${escapeHtml(city.name)}</text>`
      : '';
    const address = escapeHtml(localPath(messages.language, `/places/${encodeURIComponent(city.place)}`));
    return `<a href="${address}" aria-label="${title}"><title>${title}</title>${mark}${label}</a>`;
  });
  return [
    `<svg class="map" role="group" aria-label="${escapeHtml(messages.map.label)}" viewBox="0 0 ${WIDTH} ${frame.height}"`,
    ` font-size="${FONT}" fill="${PAGE_PALETTE.ink}">`,
    `<path d="M${outline}Z" fill="${PAGE_PALETTE.track}" stroke="${PAGE_PALETTE.line}"/>`,
    ...drawn.toReversed(),
    '</svg>',
  ].join('');
}
