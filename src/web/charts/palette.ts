/** What a chart is drawn with. The colours of statuses are those of src/status-colours.ts, whatever they are drawn on. */
import type { Status } from '../../analysis/verdict/verdict.ts';
import { STATUS_COLOURS } from '../../status-colours.ts';
import type { Theme } from '../../status-colours.ts';

export interface Palette {
  readonly status: Readonly<Record<Status, string>>;
  readonly ink: string;
  readonly quiet: string;
  readonly line: string;
  readonly track: string;
  /** Null draws no background. */
  readonly paper: string | null;
}

/** For charts inside a page: the page's own custom properties, so that one drawing serves light and dark. */
export const PAGE_PALETTE: Palette = {
  status: {
    ok: 'var(--ok)',
    blocked: 'var(--blocked)',
    throttled: 'var(--throttled)',
    intercepted: 'var(--intercepted)',
    tampered: 'var(--tampered)',
    down: 'var(--down)',
    offline: 'var(--offline)',
    inconclusive: 'var(--inconclusive)',
  },
  ink: 'var(--ink)',
  quiet: 'var(--quiet)',
  line: 'var(--line)',
  track: 'var(--track)',
  paper: null,
};

/** For charts that stand alone. The same colours as in assets/aiqyn.css; a test compares them. */
export const THEME_PALETTES: Readonly<Record<Theme, Palette>> = {
  light: {
    status: STATUS_COLOURS.light,
    ink: '#1b1f23',
    quiet: '#5b6169',
    line: '#d8d4ca',
    track: '#eeebe3',
    paper: '#fbfaf7',
  },
  dark: {
    status: STATUS_COLOURS.dark,
    ink: '#e9e6df',
    quiet: '#a5a8ab',
    line: '#3a3d41',
    track: '#25282b',
    paper: '#16181a',
  },
};
