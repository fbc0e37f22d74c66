/**
 * Turns drawings into PNG with fonts of our own, so that every letter of Kazakh is there on any machine. One picture at a time
 * on a thread of its own, a short queue, and a cache: pictures never take what measuring and ingest need.
 */
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { opaquePng } from './opaque-png.ts';

const WAITING_MAX = 8;
const CACHE_PICTURES_MAX = 64;
const CACHE_BYTES_MAX = 16 * 1_048_576;
/** 8 megapixels are 32 MB while they are painted. */
const PIXELS_MAX = 8_000_000;
const FONT_FILES = ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf'];

/** Too many pictures are asked for at once. */
export class PicturesBusyError extends Error {
  override readonly name = 'PicturesBusyError';
  readonly statusCode = 429;
}

export interface Painting {
  readonly svg: string;
  /** Of the drawing, in its own units. */
  readonly width: number;
  readonly height: number;
  /** Pixels per unit; less where the picture would have more than PIXELS_MAX. */
  readonly zoom: number;
  /** The drawing covers its whole ground, and the picture is to have no transparency (opaque-png.ts). */
  readonly isOpaque?: boolean;
}

async function loadResvg() {
  const { resolve } = createRequire(import.meta.url);
  const fontFiles = FONT_FILES.map((file) => resolve(`dejavu-fonts-ttf/ttf/${file}`));
  const { renderAsync } = await import('@resvg/resvg-js');
  const font = {
    loadSystemFonts: false,
    fontFiles,
    defaultFontFamily: 'DejaVu Sans',
    sansSerifFamily: 'DejaVu Sans',
  };
  return async (svg: string, zoom: number, isOpaque: boolean): Promise<Buffer> => {
    const image = await renderAsync(svg, { font, fitTo: { mode: 'zoom', value: zoom } });
    return isOpaque ? opaquePng(image.width, image.height, image.pixels) : image.asPng();
  };
}

let loading: ReturnType<typeof loadResvg> | null = null;

export class Painter {
  readonly #cache = new Map<string, Buffer>();
  #cachedBytes = 0;
  #waiting = 0;
  #tail: Promise<unknown> = Promise.resolve();

  /** @throws PicturesBusyError where WAITING_MAX others wait already. */
  async paint({ svg, width, height, zoom, isOpaque = false }: Painting): Promise<Buffer> {
    const fitting = Math.min(zoom, Math.sqrt(PIXELS_MAX / (width * height)));
    const key = createHash('sha256').update(`${fitting} ${isOpaque} ${svg}`).digest('base64url');
    const known = this.#cache.get(key);
    if (known !== undefined) {
      this.#cache.delete(key);
      this.#cache.set(key, known);
      return known;
    }
    if (this.#waiting >= WAITING_MAX) throw new PicturesBusyError('Too many pictures are asked for at once.');
    this.#waiting += 1;
    const mine = this.#tail.then(
      async () => this.#cache.get(key) ?? (await this.#make(key, svg, fitting, isOpaque)),
    );
    this.#tail = mine.catch(() => undefined);
    try {
      return await mine;
    } finally {
      this.#waiting -= 1;
    }
  }

  async #make(key: string, svg: string, zoom: number, isOpaque: boolean): Promise<Buffer> {
    loading ??= loadResvg();
    const render = await loading;
    const png = await render(svg, zoom, isOpaque);
    this.#cache.set(key, png);
    this.#cachedBytes += png.length;
    for (const [oldest, picture] of this.#cache) {
      if (this.#cache.size <= CACHE_PICTURES_MAX && this.#cachedBytes <= CACHE_BYTES_MAX) break;
      this.#cache.delete(oldest);
      this.#cachedBytes -= picture.length;
    }
    return png;
  }
}

/** Width and height that a drawing of ours says of itself. */
export function sizeOf(svg: string): { readonly width: number; readonly height: number } {
  const [, width, height] = /^<svg [^>]*? width="([\d.]+)" height="([\d.]+)"/.exec(svg) ?? [];
  if (width === undefined || height === undefined) throw new TypeError('a drawing without a size');
  return { width: Number(width), height: Number(height) };
}
