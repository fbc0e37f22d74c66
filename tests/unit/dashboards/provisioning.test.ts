/** Grafana's provisioning files: what they say, that they fit the dashboards, and that no secret stands in them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import {
  AlertRulesFile,
  ContactPointFile,
  DashboardProviderFile,
  DatasourceFile,
  PolicyFile,
} from '../../../dashboards/provisioning/files.ts';
import { alertRulesFile } from '../../../dashboards/provisioning/alert-rules.ts';
import { generatedDashboards, GENERATED } from '../../support/dashboards.ts';

function read(...path: readonly string[]): unknown {
  return parse(readFileSync(join(GENERATED, 'provisioning', ...path), 'utf8'));
}

const boards = [...generatedDashboards().values()];
const rules = AlertRulesFile.parse(read('alerting', 'rules.yaml')).groups.flatMap((group) => group.rules);

describe('the data source', () => {
  it('logs in with a name and a password for InfluxDB 1.x', () => {
    const [source] = DatasourceFile.parse(read('datasources', 'password', 'influxdb.yaml')).datasources;
    expect(source).toMatchObject({ uid: 'aiqyn-influxdb', user: '$AIQYN_INFLUX_USER' });
    expect(source?.jsonData).toMatchObject({ version: 'InfluxQL', dbName: '$AIQYN_INFLUX_DATABASE' });
  });

  it('sends a token for 2.x and 3.x, in InfluxQL all the same', () => {
    const [source] = DatasourceFile.parse(read('datasources', 'token', 'influxdb.yaml')).datasources;
    expect(source).toMatchObject({ uid: 'aiqyn-influxdb', jsonData: { httpHeaderName1: 'Authorization' } });
    expect(source?.jsonData.version).toBe('InfluxQL');
    expect(source?.user).toBeUndefined();
  });

  it('reads every secret from a file', () => {
    for (const variant of ['password', 'token']) {
      const [source] = DatasourceFile.parse(read('datasources', variant, 'influxdb.yaml')).datasources;
      for (const secret of Object.values(source?.secureJsonData ?? {}))
        expect(secret).toMatch(/\$__file\{\/run\/secrets\/\w+\}$/);
    }
  });
});

describe('the dashboards’ provider', () => {
  it('takes them from one folder, into one folder, and lets nobody change them in the browser', () => {
    const { providers } = DashboardProviderFile.parse(read('dashboards', 'aiqyn.yaml'));
    expect(providers).toMatchObject([
      { folder: 'Aiqyn', allowUiUpdates: false, options: { path: '/etc/aiqyn/dashboards' } },
    ]);
  });
});

describe('the alert rules', () => {
  it('watch for a block, a shutdown, a silent vantage and a collector that lags', () => {
    expect(rules.map(({ title }) => title)).toEqual([
      'New block',
      'Shutdown',
      'Silent vantage',
      'Collector lag',
    ]);
    expect(new Set(rules.map(({ uid }) => uid)).size).toBe(rules.length);
  });

  it.each(rules.map((rule) => ({ title: rule.title, rule })))(
    'asks, reduces and compares for “$title”',
    ({ rule }) => {
      expect(rule.data.map(({ refId, datasourceUid }) => [refId, datasourceUid])).toEqual([
        ['A', 'aiqyn-influxdb'],
        ['B', '__expr__'],
        ['C', '__expr__'],
      ]);
      const [question, reduce, threshold] = rule.data.map(({ model }) => model);
      expect(question?.['query']).toContain('$timeFilter');
      expect(reduce).toMatchObject({ type: 'reduce', expression: 'A', reducer: 'last' });
      expect(threshold).toMatchObject({ type: 'threshold', expression: 'B' });
      expect(rule.condition).toBe('C');
    },
  );

  it.each(rules.map((rule) => ({ title: rule.title, rule })))(
    'leads from “$title” to a panel that there is',
    ({ rule }) => {
      const panels = boards.find(({ uid }) => uid === rule.dashboardUid)?.panels ?? [];
      expect(panels.find(({ id }) => id === rule.panelId)?.type).not.toBe(undefined);
    },
  );

  it('say in their sentences nothing that Grafana would take for its environment’s', () => {
    for (const { annotations } of rules) expect(annotations['summary']).not.toContain('$');
  });

  it('are silent about incidents where there are none, and loud where nothing is heard at all', () => {
    expect(rules.map(({ noDataState }) => noDataState)).toEqual(['OK', 'OK', 'Alerting', 'Alerting']);
  });

  it('are not made for a panel that is gone', () => {
    expect(() => alertRulesFile({ panelId: () => NaN })).toThrow(/panelId/);
  });
});

describe('who is told', () => {
  const variants = readdirSync(join(GENERATED, 'provisioning', 'contact-points'));

  it('can be reached by email, Telegram and webhook', () => {
    expect(variants.toSorted()).toEqual(['email.yaml', 'telegram.yaml', 'webhook.yaml']);
  });

  it.each(variants)('has a contact point in %s under the name that the policy uses', (file) => {
    const { contactPoints } = ContactPointFile.parse(read('contact-points', file));
    const [policy] = PolicyFile.parse(read('alerting', 'policies.yaml')).policies;
    expect(contactPoints.map(({ name }) => name)).toEqual([policy?.receiver]);
    for (const route of policy?.routes ?? []) expect(route.receiver).toBe(policy?.receiver);
  });

  it.each(variants)('has no address and no token in %s', (file) => {
    const [receiver] = ContactPointFile.parse(read('contact-points', file)).contactPoints[0]?.receivers ?? [];
    const values = Object.entries(receiver?.settings ?? {}).filter(([key]) =>
      ['addresses', 'bottoken', 'chatid', 'url', 'authorization_credentials'].includes(key),
    );
    expect(values.length).toBeGreaterThan(0);
    for (const [, value] of values) expect(value).toMatch(/^\$(AIQYN_\w+|__file\{\/run\/secrets\/\w+\})$/);
  });

  it('hears of incidents one by one and at once, of our own trouble gathered', () => {
    const [policy] = PolicyFile.parse(read('alerting', 'policies.yaml')).policies;
    expect(policy?.routes[0]).toMatchObject({ group_by: ['alertname', 'id'], group_wait: '10s' });
    const severities = new Set(rules.map(({ labels }) => labels['severity']));
    expect([...severities].toSorted()).toEqual(['critical', 'warning']);
  });
});

describe('a provisioning file that is wrong', () => {
  it('is refused before Grafana sees it', () => {
    expect(() => DatasourceFile.parse({ apiVersion: 2, datasources: [] })).toThrow();
    expect(() => PolicyFile.parse({ apiVersion: 1, policies: [{ orgId: 1, reciever: 'x' }] })).toThrow(
      /reciever/,
    );
    expect(() =>
      ContactPointFile.parse({ apiVersion: 1, contactPoints: [{ orgId: 1, name: 'x', receivers: [] }] }),
    ).toThrow();
  });
});
