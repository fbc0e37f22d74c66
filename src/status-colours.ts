/**
 * The one place that says what colour a status has: on the page, in charts that stand alone and on Grafana's dashboards.
 * Told apart with every common kind of colour blindness; shape or words always say the same.
 */
import type { Status } from './analysis/verdict/verdict.ts';

export const THEMES = ['light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

/** The same as in src/web/assets/aiqyn.css; a test compares them. */
export const STATUS_COLOURS: Readonly<Record<Theme, Readonly<Record<Status, string>>>> = {
  light: {
    ok: '#3b8ea5',
    blocked: '#a4161a',
    throttled: '#d98200',
    intercepted: '#6a2c91',
    tampered: '#b5578f',
    down: '#4a5560',
    offline: '#a9b0b6',
    inconclusive: '#c9c3b4',
  },
  dark: {
    ok: '#4fa3ba',
    blocked: '#ff6b62',
    throttled: '#f0a93b',
    intercepted: '#b98be0',
    tampered: '#e08cc0',
    down: '#9aa5b0',
    offline: '#656d75',
    inconclusive: '#57534a',
  },
};
