/** `aiqyn.yaml` as people write it: every key optional, none unknown. docs/aiqyn.example.yaml says what each is for. */
import { z } from 'zod';
import type { Catalog } from '../../probes/catalog.ts';
import { ACCESSES } from '../../probes/words.ts';
import { DETECTOR_DEFAULTS } from '../analysis/detect/config.ts';
import { Admin, Http } from './admin-schema.ts';
import { alertsSchema } from './alerts-schema.ts';
import { BorrowedSection } from './borrowed-schema.ts';
import { LINE_KEYS, refuseTwoLines } from './line-schema.ts';
import { SecretText, Text } from './plain-text.ts';
import { Resolver } from './resolver-schema.ts';
import { operatorOf, PLACE_UNKNOWN, placeOf } from './catalog-words.ts';
import { FLAVOURS } from './store-config.ts';
import { sourcesSchema } from './sources-schema.ts';
import { sweepSchema } from './sweep-schema.ts';
import { checkThrough, THROUGH_KEYS } from './through-schema.ts';
import { WatchersSection } from './watchers-schema.ts';

export const VANTAGES_MAX = 64;
const RESOLVERS_MAX = 8;
const COLLECTORS_MAX = 8;
/** Quad9: run in the public interest, and no party to any dispute in Kazakhstan. */
const DEFAULT_UDP_RESOLVER = '9.9.9.9:53';
/** What a vantage is called where nobody configured any; `AS0` and `unknown` say honestly that nothing is known of it. */
const DEFAULT_VANTAGE = {
  id: 'this-machine',
  operator: 'AS0',
  place: PLACE_UNKNOWN,
  access: 'fixed',
} as const;

const megabytes = z.number().min(1).max(1_000_000);

/** An InfluxDB of one's own. What goes together is said at the key that is wrong. */
const InfluxStore = z
  .strictObject({
    kind: z.literal('influx'),
    url: z.url({ protocol: /^https?$/, error: 'an address such as http://127.0.0.1:8086' }),
    /** 1.x and 3.x. */
    database: Text.optional(),
    /** 2.x. */
    org: Text.optional(),
    bucket: Text.optional(),
    token: SecretText.optional(),
    tokenFile: Text.optional(),
    username: Text.optional(),
    password: SecretText.optional(),
    passwordFile: Text.optional(),
    /** Major version; the server is asked where it is not set. */
    flavour: z.union([z.string(), z.int()]).transform(String).pipe(z.enum(FLAVOURS)).optional(),
  })
  .superRefine((store, context) => {
    for (const [key, message] of influxProblems(store))
      context.addIssue({ code: 'custom', path: [key], message });
  });

type InfluxKeys = Partial<
  Record<
    'url' | 'database' | 'org' | 'bucket' | 'token' | 'tokenFile' | 'username' | 'password' | 'passwordFile',
    unknown
  >
>;

type Problem = readonly [key: string, message: string];
type Rule = readonly [isBroken: boolean, ...Problem];

function influxProblems(store: InfluxKeys): Problem[] {
  return [...placeRules(store), ...secretRules(store)].flatMap(([isBroken, key, message]) =>
    isBroken ? [[key, message] as const] : [],
  );
}

function placeRules({ database, org, bucket }: InfluxKeys): Rule[] {
  return [
    [
      database === undefined && bucket === undefined,
      'database',
      '`database` (1.x, 3.x), or `org` and `bucket` (2.x)',
    ],
    [database !== undefined && bucket !== undefined, 'bucket', 'either `database` or `bucket`, not both'],
    [bucket !== undefined && org === undefined, 'org', 'the organisation that has the bucket'],
  ];
}

function secretRules({ url, token, tokenFile, username, password, passwordFile }: InfluxKeys): Rule[] {
  const hasToken = token !== undefined || tokenFile !== undefined;
  const hasPassword = password !== undefined || passwordFile !== undefined;
  return [
    // Addresses stand in logs and messages; what is wrong is not said at `url`, which would show it.
    [
      typeof url === 'string' && /^\w+:\/\/[^/?#]*@/.test(url),
      'username',
      'the login here, with `passwordFile`, and none in `url`',
    ],
    [token !== undefined && tokenFile !== undefined, 'tokenFile', 'either `token` or `tokenFile`, not both'],
    [
      password !== undefined && passwordFile !== undefined,
      'passwordFile',
      'either `password` or `passwordFile`, not both',
    ],
    [
      username !== undefined && !hasPassword,
      'passwordFile',
      'a password for the username: `passwordFile` or `password`',
    ],
    [username === undefined && hasPassword, 'username', 'the username that the password is for'],
    [hasToken && username !== undefined, 'username', 'either a token or a username, not both'],
  ];
}

const Store = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('duckdb') }),
  z.strictObject({ kind: z.literal('memory') }),
  InfluxStore,
]);

const Control = z
  .strictObject({
    url: z.url({ protocol: /^https?$/, error: 'an address such as https://control.example.org' }),
    token: SecretText.optional(),
    tokenFile: Text.optional(),
  })
  .refine((control) => control.token === undefined || control.tokenFile === undefined, {
    path: ['tokenFile'],
    error: 'either `token` or `tokenFile`, not both',
  });

const VantageId = z
  .string()
  .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'lower-case letters, digits and single hyphens, at most 64')
  .max(64);

const perYear = z.number().positive().max(1_000);

/** Keys and defaults of src/analysis/detect/config.ts; the cadence comes from the plan. */
const Detector = z.strictObject({
  falseIncidentsPerVantageYear: perYear.default(DETECTOR_DEFAULTS.falseIncidentsPerVantageYear),
  smallestShare: z.number().min(0.05).max(1).default(DETECTOR_DEFAULTS.smallestShare),
  platformReopenMinutes: z.number().min(0).max(1_440).default(DETECTOR_DEFAULTS.platformReopenMinutes),
  shutdownReopenHours: z.number().min(0).max(168).default(DETECTOR_DEFAULTS.shutdownReopenHours),
  togetherSeconds: z.number().min(0).max(3_600).default(DETECTOR_DEFAULTS.togetherSeconds),
  backfillGraceSeconds: z.number().min(0).max(86_400).default(DETECTOR_DEFAULTS.backfillGraceSeconds),
  sameMachine: z
    .array(z.array(VantageId).min(2))
    .refine((machines) => new Set(machines.flat()).size === machines.flat().length, {
      error: 'each vantage once',
    })
    .default([]),
});

const LogSettings = z.strictObject({
  level: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
});

/** Where an agent's measurements go. */
const Fleet = z.strictObject({
  collectors: z
    .array(z.url({ protocol: /^https?$/, error: 'an address such as https://collector.example.org' }))
    .min(1)
    .max(COLLECTORS_MAX),
  socks: z.url({ protocol: /^socks5$/, error: 'a SOCKS5 proxy, such as socks5://127.0.0.1:9050' }).optional(),
  authorityFile: Text.optional(),
  /** Whether what a line cannot send itself may leave by another line of the same agent. */
  otherLines: z.boolean().default(true),
});

/** Where packets to a failing address are followed with the machine's traceroute or mtr. */
const Paths = z.strictObject({
  enabled: z.boolean().default(true),
  perQuarterHour: z.int().min(1).max(60).default(4),
  asnTableFile: Text.optional(),
});

/** Where a collector waits for agents; a TLS proxy stands before it. */
const Listen = z.strictObject({
  host: Text.default('127.0.0.1'),
  port: z.int().min(0).max(65_535).default(8472),
});

/** The schema of `aiqyn.yaml`; operators and places are checked against the catalogue, so that errors have a line. */
export function configSchema(catalog: Catalog) {
  const Vantage = z
    .strictObject({
      id: VantageId,
      operator: operatorOf(catalog).default(DEFAULT_VANTAGE.operator),
      place: placeOf(catalog).default(DEFAULT_VANTAGE.place),
      access: z.enum(ACCESSES).default(DEFAULT_VANTAGE.access),
      ...LINE_KEYS,
      plan: Text.optional(),
      ...THROUGH_KEYS,
    })
    .superRefine(refuseTwoLines);
  return z.strictObject({
    dataDir: Text.default('./aiqyn-data'),
    plan: Text.default('default'),
    store: Store.default({ kind: 'duckdb' }),
    vantages: z
      .array(Vantage.superRefine(checkThrough))
      .min(1)
      .max(VANTAGES_MAX)
      .superRefine(refuseTwice)
      .default([{ ...DEFAULT_VANTAGE }]),
    resolvers: z
      .strictObject({
        system: z.boolean().default(true),
        udp: z.array(Resolver).max(RESOLVERS_MAX).prefault([DEFAULT_UDP_RESOLVER]),
        doh: z
          .url({ protocol: /^https$/, error: 'an https:// address, such as https://dns.quad9.net/dns-query' })
          .nullable()
          .default(null),
      })
      .refine((resolvers) => resolvers.system || resolvers.udp.length > 0 || resolvers.doh !== null, {
        path: ['system'],
        error: 'at least one way to resolve names: system, udp or doh',
      })
      .prefault({}),
    control: Control.optional(),
    http: Http.prefault({}),
    admin: Admin.optional(),
    fleet: Fleet.optional(),
    asnDb: Text.optional(),
    collector: Listen.prefault({}),
    archive: z
      .strictObject({ budgetMegabytes: megabytes.default(2_048), keepBodies: z.boolean().default(false) })
      .prefault({}),
    spool: z.strictObject({ budgetMegabytes: megabytes.default(1_024) }).prefault({}),
    detector: Detector.prefault({}),
    alerts: alertsSchema(operatorOf(catalog), placeOf(catalog)).optional(),
    sweep: sweepSchema(catalog).optional(),
    sources: sourcesSchema(catalog).prefault({}),
    borrowed: BorrowedSection.optional(),
    paths: Paths.prefault({}),
    watchers: WatchersSection.optional(),
    log: LogSettings.prefault({}),
  });
}

/** What `configSchema` gives, before paths are made absolute and secrets are read. */
export type ConfigFile = z.output<ReturnType<typeof configSchema>>;

function refuseTwice(vantages: readonly { readonly id: string }[], context: z.RefinementCtx): void {
  for (const [index, { id }] of vantages.entries()) {
    if (vantages.findIndex((vantage) => vantage.id === id) === index) continue;
    context.addIssue({ code: 'custom', path: [index, 'id'], message: 'an id that no other vantage has' });
  }
}
