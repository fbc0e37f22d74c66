/** Colours of statuses, told apart with every common kind of colour blindness; shape and words always say the same. */
import type { Status } from '../../analysis/verdict/verdict.ts';

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

export const THEMES = ['light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

/** For charts that stand alone. The same colours as in assets/aiqyn.css; a test compares them. */
export const THEME_PALETTES: Readonly<Record<Theme, Palette>> = {
  light: {
    status: {
      ok: '#3b8ea5',
      blocked: '#a4161a',
      throttled: '#d98200',
      intercepted: '#6a2c91',
      tampered: '#b5578f',
      down: '#4a5560',
      offline: '#a9b0b6',
      inconclusive: '#c9c3b4',
    },
    ink: '#1b1f23',
    quiet: '#5b6169',
    line: '#d8d4ca',
    track: '#eeebe3',
    paper: '#fbfaf7',
  },
  dark: {
    status: {
      ok: '#4fa3ba',
      blocked: '#ff6b62',
      throttled: '#f0a93b',
      intercepted: '#b98be0',
      tampered: '#e08cc0',
      down: '#9aa5b0',
      offline: '#656d75',
      inconclusive: '#57534a',
    },
    ink: '#e9e6df',
    quiet: '#a5a8ab',
    line: '#3a3d41',
    track: '#25282b',
    paper: '#16181a',
  },
};
