/** What a status looks like on a dashboard: the page's own words and colours, as value mappings and thresholds. */
import { MappingType } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Threshold, ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard';
import { SEVERITY, severityOf } from '../../src/analysis/verdict/severity.ts';
import { STATUS_COLOURS } from '../../src/status-colours.ts';
import type { Connectivity } from '../../probes/words.ts';

/** Dashboards are made for Grafana's dark theme, which is its default; the colours are told apart on the light one too. */
export const COLOURS = STATUS_COLOURS.dark;

/** For what is no status: counts, lines without a judgement. */
export const PLAIN = '#8cc7dd';

const FROM_LEAST = SEVERITY.toReversed();

/** Reads a severity back as its status. */
export function severityMappings(): ValueMapping[] {
  const options = Object.fromEntries(
    FROM_LEAST.map((status, index) => [
      String(severityOf(status)),
      { text: status, color: COLOURS[status], index },
    ]),
  );
  return [{ type: MappingType.ValueToText, options }];
}

export function severityThresholds(): Threshold[] {
  return FROM_LEAST.map((status, index) => ({
    value: index === 0 ? null : severityOf(status),
    color: COLOURS[status],
  }));
}

/** For the string field `status`. */
export function statusMappings(): ValueMapping[] {
  const options = Object.fromEntries(
    SEVERITY.map((status, index) => [status, { text: status, color: COLOURS[status], index }]),
  );
  return [{ type: MappingType.ValueToText, options }];
}

/** A vantage that gets nowhere is as good as none; one that gets only home is what a shutdown looks like from inside. */
const CONNECTIVITY_COLOURS: Readonly<Record<Connectivity, string>> = {
  online: COLOURS.ok,
  domestic_only: COLOURS.throttled,
  allow_list: COLOURS.intercepted,
  dns_only: COLOURS.tampered,
  offline: COLOURS.blocked,
};

/** For the string field `connectivity`. */
export function connectivityMappings(): ValueMapping[] {
  const options = Object.fromEntries(
    Object.entries(CONNECTIVITY_COLOURS).map(([word, color], index) => [
      word,
      { text: word.replaceAll('_', ' '), color, index },
    ]),
  );
  return [{ type: MappingType.ValueToText, options }];
}

/** Higher is worse: fine below `warnAt`, bad from `badAt` on. */
export function risingThresholds(warnAt: number, badAt: number): Threshold[] {
  return [
    { value: null, color: COLOURS.ok },
    { value: warnAt, color: COLOURS.throttled },
    { value: badAt, color: COLOURS.blocked },
  ];
}

/** Lower is worse: bad below `badBelow`, fine from `fineFrom` on. */
export function fallingThresholds(badBelow: number, fineFrom: number): Threshold[] {
  return [
    { value: null, color: COLOURS.blocked },
    { value: badBelow, color: COLOURS.throttled },
    { value: fineFrom, color: COLOURS.ok },
  ];
}

/** Where no value is better than another. */
export function plainThresholds(): Threshold[] {
  return [{ value: null, color: PLAIN }];
}
