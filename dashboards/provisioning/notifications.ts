/** Who is told. The contact point is one of several files; compose mounts the one that AIQYN_ALERTS names. */
import { ContactPointFile, PolicyFile } from './files.ts';

export const CONTACT_VARIANTS = ['email', 'telegram', 'webhook'] as const;
export type ContactVariant = (typeof CONTACT_VARIANTS)[number];

const NAME = 'aiqyn';

/** Tokens are read from secret files by Grafana; addresses come from its environment. */
const SETTINGS: Readonly<Record<ContactVariant, Readonly<Record<string, unknown>>>> = {
  email: { addresses: '$AIQYN_ALERT_EMAIL', singleEmail: false },
  telegram: {
    bottoken: '$__file{/run/secrets/telegram_bot_token}',
    chatid: '$AIQYN_ALERT_TELEGRAM_CHAT',
    message: '{{ template "default.message" . }}',
  },
  webhook: {
    url: '$AIQYN_ALERT_WEBHOOK_URL',
    httpMethod: 'POST',
    authorization_scheme: 'Bearer',
    authorization_credentials: '$__file{/run/secrets/webhook_token}',
  },
};

export function contactPointFile(variant: ContactVariant): ContactPointFile {
  return ContactPointFile.parse({
    apiVersion: 1,
    contactPoints: [
      {
        orgId: 1,
        name: NAME,
        receivers: [{ uid: `aiqyn-${variant}`, type: variant, settings: SETTINGS[variant] }],
      },
    ],
  });
}

/** Incidents at once and one by one; trouble of our own gathered, and not again before half a day. */
export function policyFile(): PolicyFile {
  return PolicyFile.parse({
    apiVersion: 1,
    policies: [
      {
        orgId: 1,
        receiver: NAME,
        group_by: ['grafana_folder', 'alertname'],
        group_wait: '2m',
        group_interval: '10m',
        repeat_interval: '12h',
        routes: [
          {
            receiver: NAME,
            object_matchers: [['severity', '=', 'critical']],
            group_by: ['alertname', 'id'],
            group_wait: '10s',
            group_interval: '1m',
            repeat_interval: '24h',
          },
        ],
      },
    ],
  });
}
