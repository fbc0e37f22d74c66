/** Variables of the dashboards. Each asks the store what there is, offers several at once, and All. */
import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  QueryVariableBuilder,
  TextBoxVariableBuilder,
  VariableHide,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { VariableModel } from '@grafana/grafana-foundation-sdk/dashboard';
import { FOREVER_POLICY, SERIES } from '../../src/store/fields.ts';
import { HISTORY_VARIABLE, inScope } from './influxql.ts';
import type { ScopeVariable } from './influxql.ts';
import { DATASOURCE } from './influx-query.ts';

/** Where the public page is; change it once in the box, or generate with another default. */
export const PAGE_URL_DEFAULT = 'http://127.0.0.1:8470';

/** As InfluxDB calls it where nobody said otherwise. */
const DEFAULT_POLICY = 'autogen';

/** Matches everything; one short expression instead of a list of all names. */
const EVERYTHING = '.*';

const LABELS: Readonly<Record<ScopeVariable, string>> = {
  platform: 'Platform',
  operator: 'Operator',
  place: 'Place',
  vantage: 'Vantage',
};
const DESCRIPTIONS: Readonly<Record<ScopeVariable, string>> = {
  platform: 'What people name: youtube, facebook, press, …',
  operator: 'Networks by AS number.',
  place: 'Cities and regions that are measured from.',
  vantage: 'Single lines and modems, of the operators and places chosen.',
};

function tagValues(variable: ScopeVariable): string {
  const from = variable === 'platform' ? SERIES.reachability : SERIES.heartbeat;
  const where = variable === 'vantage' ? ` WHERE ${inScope('heartbeat', 'operator', 'place')}` : '';
  return `SHOW TAG VALUES FROM "${from}" WITH KEY = "${variable}"${where}`;
}

function asked(name: string, label: string, description: string, query: string): QueryVariableBuilder {
  return new QueryVariableBuilder(name)
    .label(label)
    .description(description)
    .datasource(DATASOURCE)
    .query(query)
    .definition(query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalCaseInsensitiveAsc);
}

/** Several at once, and All, which is what a dashboard opens with. */
function several(variable: QueryVariableBuilder): QueryVariableBuilder {
  return variable.multi(true).includeAll(true).allValue(EVERYTHING).current({ text: 'All', value: '$__all' });
}

export function scopeVariable(variable: ScopeVariable): Builder<VariableModel> {
  return several(asked(variable, LABELS[variable], DESCRIPTIONS[variable], tagValues(variable)));
}

export function eventKindVariable(): Builder<VariableModel> {
  const query = `SHOW TAG VALUES FROM "${SERIES.event}" WITH KEY = "kind"`;
  return several(asked('event_kind', 'Event', 'Kinds of events: livestream, rally, statement, …', query));
}

/**
 * Not shown: the policy that `aiqyn store init` made, which sorts before the default one; without it the default one; and
 * where a server knows no policies an empty name, which InfluxQL reads as the default one.
 */
export function historyVariable(): Builder<VariableModel> {
  const description = 'The retention policy that keeps incidents, events and hourly sums longest.';
  return asked(HISTORY_VARIABLE, 'Kept longest', description, 'SHOW RETENTION POLICIES')
    .regex(`/^${FOREVER_POLICY}$|^${DEFAULT_POLICY}$/`)
    .hide(VariableHide.HideVariable)
    .multi(false)
    .includeAll(false);
}

/** One target, of the platforms chosen: evidence is about one. */
export function targetVariable(): Builder<VariableModel> {
  const query = `SHOW TAG VALUES FROM "${SERIES.reachability}" WITH KEY = "target" WHERE ${inScope('reachability', 'platform', 'vantage')}`;
  return asked('target', 'Target', 'One thing measured, such as a URL.', query)
    .multi(false)
    .includeAll(false);
}

/** One vantage: evidence is about one network. */
export function singleVantageVariable(): Builder<VariableModel> {
  return asked('vantage', LABELS.vantage, 'One line or modem.', tagValues('vantage'))
    .multi(false)
    .includeAll(false);
}

export function pageVariable(pageUrl: string): Builder<VariableModel> {
  return new TextBoxVariableBuilder('page')
    .label('Public page')
    .description('Address of Aiqyn’s page, for links.')
    .defaultValue(pageUrl)
    .current({ text: pageUrl, value: pageUrl });
}
