/**
 * The shapes of Grafana's provisioning files, as far as we write them. What is written is parsed with these first: an
 * unknown key or a wrong word fails here and not when Grafana starts.
 */
import { z } from 'zod';

const ORG = z.literal(1);
const Uid = z.string().regex(/^[a-z0-9-]{1,40}$/, 'lower-case letters, digits and hyphens, at most 40');
/** `10m`, `1h30m`. */
const GrafanaDuration = z.string().regex(/^(\d+(ms|[smhdwy]))+$/);

export const DatasourceFile = z.strictObject({
  apiVersion: z.literal(1),
  datasources: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        uid: Uid,
        type: z.literal('influxdb'),
        access: z.literal('proxy'),
        isDefault: z.boolean(),
        editable: z.literal(false),
        url: z.string().min(1),
        user: z.string().optional(),
        jsonData: z.strictObject({
          version: z.literal('InfluxQL'),
          dbName: z.string().min(1),
          httpMode: z.enum(['GET', 'POST']),
          timeInterval: GrafanaDuration,
          httpHeaderName1: z.string().optional(),
        }),
        secureJsonData: z.record(z.string(), z.string()),
      }),
    )
    .length(1),
});
export type DatasourceFile = z.infer<typeof DatasourceFile>;

export const DashboardProviderFile = z.strictObject({
  apiVersion: z.literal(1),
  providers: z.array(
    z.strictObject({
      name: z.string().min(1),
      orgId: ORG,
      folder: z.string().min(1),
      folderUid: Uid,
      type: z.literal('file'),
      disableDeletion: z.boolean(),
      allowUiUpdates: z.boolean(),
      updateIntervalSeconds: z.int().positive(),
      options: z.strictObject({ path: z.string().startsWith('/') }),
    }),
  ),
});
export type DashboardProviderFile = z.infer<typeof DashboardProviderFile>;

const Seconds = z.int().min(0).max(31_536_000);
const AlertQuery = z.strictObject({
  refId: z.string().regex(/^[A-Z]$/),
  relativeTimeRange: z.strictObject({ from: Seconds, to: Seconds }),
  datasourceUid: z.string().min(1),
  model: z.looseObject({ refId: z.string() }),
});
const AlertRule = z
  .strictObject({
    uid: Uid,
    title: z.string().min(1),
    condition: z.string(),
    data: z.array(AlertQuery).min(3),
    dashboardUid: Uid,
    panelId: z.int().positive(),
    noDataState: z.enum(['OK', 'Alerting', 'NoData', 'KeepLast']),
    execErrState: z.enum(['OK', 'Alerting', 'Error', 'KeepLast']),
    for: GrafanaDuration,
    annotations: z.record(z.string(), z.string()),
    labels: z.record(z.string(), z.string()),
    isPaused: z.literal(false),
  })
  .refine((rule) => rule.data.some(({ refId }) => refId === rule.condition), {
    path: ['condition'],
    error: 'the refId of one of its queries',
  });

export const AlertRulesFile = z.strictObject({
  apiVersion: z.literal(1),
  groups: z.array(
    z.strictObject({
      orgId: ORG,
      name: z.string().min(1),
      folder: z.string().min(1),
      interval: GrafanaDuration,
      rules: z.array(AlertRule),
    }),
  ),
});
export type AlertRulesFile = z.infer<typeof AlertRulesFile>;

const Receiver = z.discriminatedUnion('type', [
  z.strictObject({
    uid: Uid,
    type: z.literal('email'),
    settings: z.strictObject({ addresses: z.string(), singleEmail: z.boolean() }),
  }),
  z.strictObject({
    uid: Uid,
    type: z.literal('telegram'),
    settings: z.strictObject({ bottoken: z.string(), chatid: z.string(), message: z.string() }),
  }),
  z.strictObject({
    uid: Uid,
    type: z.literal('webhook'),
    settings: z.strictObject({
      url: z.string(),
      httpMethod: z.literal('POST'),
      authorization_scheme: z.literal('Bearer'),
      authorization_credentials: z.string(),
    }),
  }),
]);

export const ContactPointFile = z.strictObject({
  apiVersion: z.literal(1),
  contactPoints: z.array(
    z.strictObject({ orgId: ORG, name: z.string().min(1), receivers: z.array(Receiver).min(1) }),
  ),
});
export type ContactPointFile = z.infer<typeof ContactPointFile>;

const Route = z.strictObject({
  receiver: z.string().min(1),
  group_by: z.array(z.string()),
  group_wait: GrafanaDuration,
  group_interval: GrafanaDuration,
  repeat_interval: GrafanaDuration,
});
const Matcher = z.tuple([z.string(), z.enum(['=', '!=', '=~', '!~']), z.string()]);

export const PolicyFile = z.strictObject({
  apiVersion: z.literal(1),
  policies: z
    .array(
      Route.extend({
        orgId: ORG,
        routes: z.array(Route.extend({ object_matchers: z.array(Matcher) })),
      }),
    )
    .length(1),
});
export type PolicyFile = z.infer<typeof PolicyFile>;
