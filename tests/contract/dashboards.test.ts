/**
 * Every query of every dashboard, as Grafana would ask it, against a real InfluxDB that holds an afternoon with two
 * incidents: none fails, none is empty, and each gives its picture what it needs.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { severityOf } from '../../src/analysis/verdict/severity.ts';
import { STATUSES } from '../../src/analysis/verdict/verdict.ts';
import { FOREVER_POLICY } from '../../src/store/fields.ts';
import { AlertRulesFile } from '../../dashboards/provisioning/files.ts';
import { generatedDashboards, GENERATED } from '../support/dashboards.ts';
import { columnsOf, columnsUsed, hasValue, NEEDS, valuesOf } from '../support/grafana-frames.ts';
import { framesOf, intervalOf, offered, withMacros, withVariables } from '../support/grafana.ts';
import type { Choice, Choices, Dashboard, Panel, Query } from '../support/grafana.ts';
import { DATABASE, fillAfternoon } from '../support/grafana-world.ts';
import type { Afternoon } from '../support/grafana-world.ts';
import { influxdCommand, startInfluxd } from '../support/influxd.ts';
import type { Influxd } from '../support/influxd.ts';
import { writeLines } from '../support/line-protocol.ts';

const INFLUXD = influxdCommand();
const boards = generatedDashboards();

interface Asked {
  readonly dashboard: Dashboard;
  readonly panel: Panel;
  readonly query: Query;
  readonly label: string;
}

const queries: Asked[] = [...boards].flatMap(([board, dashboard]) =>
  dashboard.panels.flatMap((panel) =>
    panel.targets.map((query) => ({
      dashboard,
      panel,
      query,
      label: `${board}: ${panel.title.replaceAll('$', '')} (${query.refId})`,
    })),
  ),
);
const variables = [...boards].flatMap(([board, dashboard]) =>
  dashboard.templating.list
    .filter(({ type }) => type === 'query')
    .map((variable) => ({ dashboard, variable, label: `${board}: ${variable.name}` })),
);
const annotations = [...boards].flatMap(([board, dashboard]) =>
  dashboard.annotations.list.map((annotation) => ({
    dashboard,
    annotation,
    label: `${board}: ${annotation.name}`,
  })),
);

describe.skipIf(INFLUXD === null)('the dashboards, over an afternoon with two incidents', () => {
  let influxd: Influxd;
  let afternoon: Afternoon;

  async function ask(influxql: string): Promise<unknown> {
    return influxd.query(influxql, DATABASE);
  }

  /** As somebody chose who reads the evidence of one target; everything else stands on All. */
  function choicesFor(dashboard: Dashboard): Choices {
    const { vantage, target } = afternoon.evidence;
    const single = dashboard.templating.list.filter(({ type, multi }) => type === 'query' && multi !== true);
    const one: Choices = {
      vantage: { one: vantage },
      target: { one: target },
      history: { one: FOREVER_POLICY },
    };
    return Object.fromEntries(single.map(({ name }) => [name, one[name] ?? 'All']));
  }

  function expanded(
    { dashboard, panel, query }: Asked,
    choices = choicesFor(dashboard),
    range = afternoon.range,
  ): string {
    return withMacros(withVariables(query.query, dashboard, choices, range), range, intervalOf(panel, range));
  }

  beforeAll(async () => {
    influxd = await startInfluxd();
    afternoon = await fillAfternoon(influxd);
  }, 120_000);
  afterAll(async () => {
    await influxd.stop();
  });

  it('has its two incidents, one of them open', () => {
    expect(afternoon.incidents.map(({ kind, endMs }) => [kind, endMs === null])).toEqual([
      ['platform_block', false],
      ['platform_block', true],
    ]);
  });

  it.each(queries)('answers $label', async (asked) => {
    const influxql = expanded(asked);
    expect(influxql).not.toMatch(/\$[\w{]/);
    const frames = await framesOf(ask, influxql, asked.query);
    expect(frames.length, `nothing for ${influxql}`).toBeGreaterThan(0);
    for (const { fields } of frames) {
      expect(fields[0]?.values.length, influxql).toBeGreaterThan(0);
    }
    expect(frames.some(hasValue), influxql).toBe(true);
    // Of a status that nothing had that afternoon there is no number.
    for (const frame of frames)
      expect(hasValue(frame) || STATUSES.some((one) => one === frame.name)).toBe(true);
    expect(Object.keys(NEEDS)).toContain(asked.panel.type);
    NEEDS[asked.panel.type]?.(frames);
    if (asked.panel.type === 'table')
      expect(columnsOf(frames)).toEqual(expect.arrayContaining(columnsUsed(asked.panel)));
  });

  it.each(variables)('offers names for $label', async ({ dashboard, variable }) => {
    const influxql = withVariables(variable.query, dashboard, choicesFor(dashboard), afternoon.range);
    expect((await offered(ask, influxql)).length).toBeGreaterThan(0);
  });

  it.each(annotations)('draws $label', async ({ dashboard, annotation }) => {
    const text = withVariables(annotation.query, dashboard, choicesFor(dashboard), afternoon.range);
    const frames = await framesOf(ask, withMacros(text, afternoon.range, 60_000), { resultFormat: 'table' });
    const { titleColumn, textColumn, tagsColumn, timeEndColumn } = annotation;
    const read = ['Time', titleColumn, textColumn, timeEndColumn, ...tagsColumn.split(',')];
    expect(columnsOf(frames)).toEqual(expect.arrayContaining(read));
    expect(valuesOf(frames, 'Time').length).toBeGreaterThanOrEqual(2);
    expect(annotation.target.query).toBe(annotation.query);
  });

  it('says in the matrix what is blocked at the end of the range, and what is not', async () => {
    const matrix = queries.find(({ panel }) => panel.title === 'Now: platform by operator');
    if (matrix === undefined) throw new Error('there is no matrix');
    const [frame] = await framesOf(ask, expanded(matrix), matrix.query);
    const rows = (frame?.fields[0]?.values ?? []).map((_, row) =>
      ['platform', 'operator', 'severity'].map(
        (name) => frame?.fields.find((field) => field.name === name)?.values[row],
      ),
    );
    const blocked = rows.filter(([, , severity]) => Number(severity) >= severityOf('blocked'));
    expect(blocked.map(([platform, operator]) => [platform, operator])).toEqual([['facebook', 'AS9198']]);
    expect(rows).toContainEqual(['youtube', 'AS29355', severityOf('ok')]);
  });

  it('counts the open incident, and both in the history', async () => {
    const counted = queries.find(({ panel }) => panel.title === 'Open incidents');
    const listed = queries.find(({ panel }) => panel.title === 'Incidents in the range');
    if (counted === undefined || listed === undefined) throw new Error('a panel is missing');
    expect(valuesOf(await framesOf(ask, expanded(counted), counted.query), 'Value')).toEqual([1]);
    expect(valuesOf(await framesOf(ask, expanded(listed), listed.query), 'id').toSorted()).toEqual(
      afternoon.incidents.map(({ id }) => id).toSorted(),
    );
  });

  it('shows no end of an incident that goes on, and draws it to the end of the range', async () => {
    const listed = queries.find(({ panel }) => panel.title === 'Incidents in the range');
    if (listed === undefined) throw new Error('there is no list');
    const frames = await framesOf(ask, expanded(listed), listed.query);
    const rows = [...afternoon.incidents].sort((a, b) => b.startMs - a.startMs);
    expect(valuesOf(frames, 'id')).toEqual(rows.map(({ id }) => id));
    expect(valuesOf(frames, 'ended')).toEqual(rows.map(({ endMs }) => endMs ?? 0));
    const mappings = listed.panel.fieldConfig?.overrides
      .find(({ matcher }) => matcher.options === 'ended')
      ?.properties.find(({ id }) => id === 'mappings');
    expect(mappings?.value).toMatchObject([{ type: 'value', options: { '0': { text: 'goes on' } } }]);
    const drawn = annotations.find(({ annotation }) => annotation.name === 'Incidents');
    if (drawn === undefined) throw new Error('incidents are not drawn');
    const text = withVariables(
      drawn.annotation.query,
      drawn.dashboard,
      choicesFor(drawn.dashboard),
      afternoon.range,
    );
    const bands = await framesOf(ask, text, { resultFormat: 'table' });
    expect(valuesOf(bands, 'until')).toEqual(rows.map(({ endMs }) => endMs ?? afternoon.range.toMs));
  });

  it('counts from the hourly sums what it counts from raw points', async () => {
    const [raw, hourly] = await Promise.all(
      ['Verdicts by status', 'Verdicts by status, from hourly sums'].map(async (title) => {
        const asked = queries.find(({ panel }) => panel.title === title);
        if (asked === undefined) throw new Error(`there is no ${title}`);
        const frames = await framesOf(ask, expanded(asked), asked.query);
        return frames.map(({ name, fields }) => [
          name,
          (fields[1]?.values ?? []).reduce<number>((sum, value) => sum + Number(value), 0),
        ]);
      }),
    );
    expect(hourly).toEqual(raw);
    expect(hourly?.find(([name]) => name === 'blocked')?.[1]).toBeGreaterThan(0);
  });

  it('asks without `store init` of the default policy, also where a server names none', async () => {
    for (const history of ['autogen', '']) {
      for (const asked of queries) {
        const choices = { ...choicesFor(asked.dashboard), history: { one: history } };
        const frames = await framesOf(ask, expanded(asked, choices), asked.query);
        if (!asked.panel.title.includes('from hourly')) expect(frames.length, asked.label).toBeGreaterThan(0);
      }
    }
  });

  it('finds what is kept longest by itself: the policy of `store init`, before the default one', async () => {
    const variable = [...boards.values()][0]?.templating.list.find(({ name }) => name === 'history');
    const pattern = new RegExp((variable?.regex ?? '').slice(1, -1));
    const names = (await offered(ask, variable?.query ?? '')).filter((name) => pattern.test(name)).toSorted();
    expect(names).toEqual([FOREVER_POLICY, 'autogen']);
    expect(variable).toMatchObject({ hide: 2, sort: 5 });
  });

  describe('the alert rules', () => {
    const file = readFileSync(join(GENERATED, 'provisioning', 'alerting', 'rules.yaml'), 'utf8');
    const rules = AlertRulesFile.parse(parse(file)).groups.flatMap((group) => group.rules);

    /** The last value of each series: what the rule compares with its limit. */
    async function reduced(title: string, atMs: number): Promise<number[]> {
      const [question] = rules.find((rule) => rule.title === title)?.data ?? [];
      const range = { fromMs: atMs - (question?.relativeTimeRange.from ?? 0) * 1_000, toMs: atMs };
      const influxql = withMacros(String(question?.model['query']), range, 60_000);
      const frames = await framesOf(ask, influxql, { resultFormat: 'time_series' });
      return frames.map(({ fields }) => Number(fields[1]?.values.findLast((each) => each !== null)));
    }

    it('see the block that goes on, and no shutdown', async () => {
      const now = afternoon.range.toMs;
      expect(await reduced('New block', now)).toHaveLength(1);
      expect(await reduced('Shutdown', now)).toEqual([]);
    });

    it('hear every vantage while it speaks, and miss it ten to twenty minutes after its last heartbeat', async () => {
      const lastMs = afternoon.range.toMs;
      expect(Math.min(...(await reduced('Silent vantage', lastMs)))).toBeGreaterThan(0.5);
      expect(Math.max(...(await reduced('Silent vantage', lastMs + 21 * 60_000)))).toBeLessThan(0.5);
    });

    it('find no lag where heartbeats arrive at once', async () => {
      expect(await reduced('Collector lag', afternoon.range.toMs)).toEqual([0]);
    });
  });

  describe('whatever is chosen', () => {
    const ODD = [
      `O'Brien "fibre" AS1`,
      'сеть Қазақстан',
      'a.b*c (1/2) [x] $y',
      'c\\d',
      'comma, space = sign',
    ];
    const scores = queries.filter(({ panel }) => panel.title === 'Score by operator');

    beforeAll(async () => {
      const { fromMs } = afternoon.range;
      const tags = {
        vantage: 'odd',
        place: 'almaty',
        access: 'fixed',
        platform: 'vk',
        target: 'odd',
        probe: 'web',
      };
      await writeLines(
        influxd.url,
        DATABASE,
        ODD.map((operator) => ({
          series: 'reachability',
          atMs: fromMs + 60_000,
          tags: { ...tags, operator },
          fields: { score: 0.5 },
        })),
      );
    });

    async function operatorsSeen(choice: Choice): Promise<string[]> {
      const found: string[] = [];
      for (const asked of scores) {
        const frames = await framesOf(ask, expanded(asked, { operator: choice }), asked.query);
        found.push(...frames.map(({ name }) => name));
      }
      return found;
    }

    it.each(ODD)('finds the operator called %s, and it alone', async (operator) => {
      expect(await operatorsSeen({ one: operator })).toEqual([operator]);
      expect(await operatorsSeen({ several: [operator] })).toEqual([operator]);
    });

    it('finds several at once', async () => {
      expect((await operatorsSeen({ several: [...ODD, 'AS9198'] })).toSorted()).toEqual(
        [...ODD, 'AS9198'].toSorted(),
      );
    });

    it('finds everything under All', async () => {
      expect(await operatorsSeen('All')).toEqual(
        expect.arrayContaining([...ODD, 'AS9198', 'AS21299', 'AS29355']),
      );
    });

    it('finds nothing where nothing is chosen, and says so without an error', async () => {
      expect(await operatorsSeen({ several: [] })).toEqual([]);
    });

    it('asks for all of it without an error, with every variable on an odd name and on nothing', async () => {
      for (const asked of queries) {
        for (const choice of [{ one: ODD[2] ?? '' }, { several: ODD }, { several: [] }] as const) {
          const choices = Object.fromEntries(
            asked.dashboard.templating.list
              .filter(({ hide }) => hide !== 2)
              .map(({ name }) => [name, choice]),
          );
          await framesOf(ask, expanded(asked, { history: { one: FOREVER_POLICY }, ...choices }), asked.query);
        }
      }
    });
  });

  it('asks for no more than a screenful of points over 90 days', async () => {
    const { toMs } = afternoon.range;
    const range = { fromMs: toMs - 90 * 86_400_000, toMs };
    for (const asked of queries) {
      const buckets = asked.query.query.includes('time(')
        ? (range.toMs - range.fromMs) / intervalOf(asked.panel, range)
        : 0;
      expect(buckets).toBeLessThan(1_100);
      await framesOf(ask, expanded(asked, choicesFor(asked.dashboard), range), asked.query);
    }
  });
});
