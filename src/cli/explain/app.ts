/** An app's parts: how many of its servers answered, and which did not, each with how it failed and what the control saw. */
import type { AppTestKeys } from '../../../probes/measurement.ts';
import { TAG_ENDPOINT } from '../../../probes/measurement.ts';
import type { EndpointSeen, Outside, PartSeen } from '../../analysis/verdict/apps/seen.ts';
import { milliseconds } from './table.ts';
import { failureText, NOT_ASKED } from './words.ts';

const OUTSIDE: Readonly<Record<Outside, string>> = {
  reached: 'works',
  failed: 'fails, too',
  silent: 'no answer',
  unasked: NOT_ASKED,
};
/** Of servers that failed alike; the others are counted. */
const NAMED_MAX = 3;

type Row = readonly string[];

export function partRows(parts: readonly PartSeen[], keys: AppTestKeys): readonly Row[] {
  return parts.flatMap(({ part, endpoints }) => {
    const [only] = endpoints;
    const isOne = endpoints.length === 1 && only !== undefined;
    const rows = isOne
      ? [rowOf(only.url, endpoints, keys)]
      : [countedRow(part.id, endpoints, keys), ...failedRows(endpoints, keys)];
    return rows.map((row, index) => [index === 0 ? part.id : '', ...row]);
  });
}

function countedRow(id: string, endpoints: readonly EndpointSeen[], keys: AppTestKeys): Row {
  const reached = endpoints.filter(({ state }) => state === 'reached');
  const untried = endpoints.filter(({ state }) => state === 'untried').length;
  const counted = `${reached.length} of ${endpoints.length} answered`;
  const here = untried > 0 ? `${counted}, ${untried} not tried` : counted;
  return [`${endpoints.length} ${id} servers`, spanOf(reached, keys), here, NOT_ASKED];
}

/** Servers to which the same happened. */
function rowOf(what: string, group: readonly EndpointSeen[], keys: AppTestKeys): Row {
  const [first] = group;
  const here = first === undefined ? '' : howOf(first);
  return [what, spanOf(group, keys), here, OUTSIDE[first?.outside ?? 'unasked']];
}

/** Servers that failed alike stand in one row. */
function failedRows(endpoints: readonly EndpointSeen[], keys: AppTestKeys): readonly Row[] {
  const alike = new Map<string, EndpointSeen[]>();
  for (const seen of endpoints) {
    if (seen.state !== 'failed') continue;
    const key = [howOf(seen), seen.outside].join(' ');
    alike.set(key, [...(alike.get(key) ?? []), seen]);
  }
  return [...alike.values()].map((group) => {
    const named = group.slice(0, NAMED_MAX).map(({ url }) => url);
    const more = group.length > NAMED_MAX ? ` and ${group.length - NAMED_MAX} more` : '';
    return rowOf(`not: ${named.join(', ')}${more}`, group, keys);
  });
}

function howOf({ state, stage, failure, isNameFiltered }: EndpointSeen): string {
  if (state !== 'failed') return state === 'reached' ? 'answered' : 'not tried';
  const how = failureText(failure ?? 'unknown_failure');
  return `${stage ?? 'app'}: ${how}${isNameFiltered ? ', while a harmless name was answered' : ''}`;
}

/** From the quickest of them to the slowest. */
function spanOf(group: readonly EndpointSeen[], keys: AppTestKeys): string {
  const times = group
    .flatMap(({ url }) => timeOf(url, keys))
    .map((ms) => Number(ms))
    .sort((a, b) => a - b);
  const [least] = times;
  const most = times.at(-1);
  if (least === undefined || most === undefined) return '';
  return least === most ? String(least) : `${least}–${most}`;
}

/** From an endpoint's first step to its last. */
function timeOf(url: string, keys: AppTestKeys): string[] {
  const tag = `${TAG_ENDPOINT}${url}`;
  const steps = [keys.queries, keys.tcp_connect, keys.tls_handshakes, keys.requests].flatMap((list) =>
    list.filter(({ tags }) => tags.includes(tag)).map(({ t0, t }) => ({ t0, t })),
  );
  const begun = steps.flatMap(({ t0 }) => t0 ?? []);
  const ended = steps.flatMap(({ t }) => t ?? []);
  if (begun.length === 0 || ended.length === 0) return [];
  return [milliseconds(Math.min(...begun), Math.max(...ended))];
}
