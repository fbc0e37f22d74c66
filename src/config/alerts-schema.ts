/** The section `alerts` of `aiqyn.yaml`. docs/alerts.md says what each key is for. */
import { z } from 'zod';
import { PLATFORMS } from '../../probes/words.ts';
import { INCIDENT_KINDS } from '../analysis/detect/point.ts';
import { SecretText, Text } from './plain-text.ts';

const ROUTES_MAX = 32;
const RECIPIENTS_MAX = 50;
const SMTP_PORT = 587;
const HttpUrl = z.url({ protocol: /^https?$/, error: 'an address such as https://alerts.example.org' });
const Hour = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'an hour such as 23:00, in quotes');

const TimeZone = z.string().refine(isTimeZone, 'a time zone such as Asia/Almaty');

function isTimeZone(text: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    return true;
  } catch {
    return false;
  }
}

const Mailbox = z.string().regex(/^[^\r\n@]+@[^\s@]+$/, 'an address such as alerts@example.org');

type SecretKeys = Readonly<Record<string, unknown>>;

/** Exactly one of `<key>` and `<key>File`; at most one where it may be absent. */
function oneSecret(key: string, mustBe: boolean) {
  return (route: SecretKeys, context: z.RefinementCtx): void => {
    const hasText = route[key] !== undefined;
    const hasFile = route[`${key}File`] !== undefined;
    const path = [`${key}File`];
    if (hasText && hasFile)
      context.addIssue({ code: 'custom', path, message: `either \`${key}\` or \`${key}File\`, not both` });
    if (mustBe && !hasText && !hasFile)
      context.addIssue({ code: 'custom', path, message: `a file with the secret, or \`${key}\`` });
  };
}

function emailLogin(route: SecretKeys, context: z.RefinementCtx): void {
  oneSecret('password', route['username'] !== undefined)(route, context);
  const hasPassword = route['password'] !== undefined || route['passwordFile'] !== undefined;
  if (hasPassword && route['username'] === undefined)
    context.addIssue({
      code: 'custom',
      path: ['username'],
      message: 'the username that the password is for',
    });
  if (hasPassword && route['tls'] === 'none')
    context.addIssue({
      code: 'custom',
      path: ['tls'],
      message: 'implicit or starttls where a password is sent',
    });
}

interface Route {
  readonly id: string;
  readonly url?: string;
  readonly api?: string;
}

/** Said at another key: an address with a login must not be shown. */
function refuseLogins(routes: readonly Route[], context: z.RefinementCtx): void {
  for (const [index, { url = '', api = '' }] of routes.entries())
    if ([url, api].some((address) => /^\w+:\/\/[^/?#]*@/.test(address)))
      context.addIssue({ code: 'custom', path: [index, 'id'], message: 'an address without a login in it' });
}

function refuseTwice(routes: readonly Route[], context: z.RefinementCtx): void {
  for (const [index, { id }] of routes.entries()) {
    if (routes.findIndex((route) => route.id === id) === index) continue;
    context.addIssue({ code: 'custom', path: [index, 'id'], message: 'an id that no other route has' });
  }
}

function commonKeys(operator: z.ZodType<string>, place: z.ZodType<string>) {
  const Kinds = z.array(z.enum(INCIDENT_KINDS));
  return {
    id: z
      .string()
      .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'lower-case letters, digits and single hyphens, at most 64')
      .max(64),
    language: z.enum(['en', 'ru', 'kk']).default('en'),
    only: z
      .strictObject({
        platforms: z.array(z.enum(PLATFORMS)).min(1).optional(),
        operators: z.array(operator).min(1).optional(),
        places: z.array(place).min(1).optional(),
        kinds: Kinds.min(1).optional(),
        confidence: z.number().min(0).max(1).default(0),
      })
      .prefault({}),
    quiet: z
      .strictObject({
        from: Hour,
        to: Hour,
        timeZone: TimeZone.default('Asia/Almaty'),
        urgent: Kinds.default([]),
      })
      .refine(({ from, to }) => from !== to, { path: ['to'], error: 'another hour than `from`' })
      .optional(),
  };
}

const TOKEN = { token: SecretText.optional(), tokenFile: Text.optional() };

function pushChannels(common: ReturnType<typeof commonKeys>) {
  const Ntfy = z
    .strictObject({
      ...common,
      ...TOKEN,
      channel: z.literal('ntfy'),
      url: HttpUrl.default('https://ntfy.sh'),
      topic: z.string().regex(/^[-_A-Za-z0-9]{1,64}$/, 'a topic of letters, digits, - and _'),
    })
    .superRefine(oneSecret('token', false));
  const Slack = z
    .strictObject({
      ...common,
      channel: z.literal('slack'),
      secretUrl: SecretText.optional(),
      secretUrlFile: Text.optional(),
    })
    .superRefine(oneSecret('secretUrl', true));
  const Alertmanager = z
    .strictObject({ ...common, ...TOKEN, channel: z.literal('alertmanager'), url: HttpUrl })
    .superRefine(oneSecret('token', false));
  return [Ntfy, Slack, Alertmanager] as const;
}

export function alertsSchema(operator: z.ZodType<string>, place: z.ZodType<string>) {
  const common = commonKeys(operator, place);
  const secret = { secret: SecretText.optional(), secretFile: Text.optional() };
  const Telegram = z
    .strictObject({
      ...common,
      ...TOKEN,
      channel: z.literal('telegram'),
      chat: z
        .union([z.string(), z.int()])
        .transform(String)
        .pipe(z.string().regex(/^(?:-?\d+|@\w+)$/, 'a chat’s number or @name')),
      api: HttpUrl.default('https://api.telegram.org'),
    })
    .superRefine(oneSecret('token', true));
  const Email = z
    .strictObject({
      ...common,
      channel: z.literal('email'),
      host: Text,
      port: z.int().min(1).max(65_535).default(SMTP_PORT),
      tls: z.enum(['implicit', 'starttls', 'none']).default('starttls'),
      username: Text.optional(),
      password: SecretText.optional(),
      passwordFile: Text.optional(),
      from: Mailbox,
      to: z.array(Mailbox).min(1).max(RECIPIENTS_MAX),
    })
    .superRefine(emailLogin);
  const Webhook = z
    .strictObject({ ...common, ...secret, channel: z.literal('webhook'), url: HttpUrl })
    .superRefine(oneSecret('secret', true));
  return z.strictObject({
    publicUrl: HttpUrl.optional(),
    routes: z
      .array(z.discriminatedUnion('channel', [Telegram, Email, Webhook, ...pushChannels(common)]))
      .min(1)
      .max(ROUTES_MAX)
      .superRefine(refuseTwice)
      .superRefine(refuseLogins),
  });
}
