/** A vantage that looks through a proxy: the keys of `aiqyn.yaml`, and what comes of them. */
import { z } from 'zod';
import { SecretText, Text } from './plain-text.ts';
import type { Secret } from './secret.ts';

const PORTS = { 'socks5:': 1_080, 'http:': 8_080 } as const;

export interface ThroughConfig {
  readonly kind: 'socks5' | 'http';
  readonly host: string;
  readonly port: number;
  readonly login: { readonly username: string; readonly password: Secret } | null;
}

/** Said at another key where the address holds a login: it must not be shown. */
export const THROUGH_KEYS = {
  through: z
    .url({
      protocol: /^(?:socks5|http)$/,
      error: 'a proxy, such as socks5://127.0.0.1:1080 or http://127.0.0.1:3128',
    })
    .optional(),
  throughUsername: Text.optional(),
  throughPassword: SecretText.optional(),
  throughPasswordFile: Text.optional(),
};

interface ThroughKeys {
  readonly through?: string | undefined;
  readonly throughUsername?: string | undefined;
  readonly throughPassword?: string | undefined;
  readonly throughPasswordFile?: string | undefined;
  readonly localAddress?: string | undefined;
}

type Problem = readonly [isBroken: boolean, key: string, message: string];

function problemsOf(keys: ThroughKeys): Problem[] {
  const { through, throughUsername, throughPassword, throughPasswordFile, localAddress } = keys;
  const hasPassword = throughPassword !== undefined || throughPasswordFile !== undefined;
  return [
    [
      through !== undefined && /^\w+:\/\/[^/?#]*@/.test(through),
      'throughUsername',
      'the login here, with `throughPasswordFile`, and none in `through`',
    ],
    [
      throughPassword !== undefined && throughPasswordFile !== undefined,
      'throughPasswordFile',
      'either `throughPassword` or `throughPasswordFile`, not both',
    ],
    [
      throughUsername !== undefined && !hasPassword,
      'throughPasswordFile',
      'a password for the username: `throughPasswordFile` or `throughPassword`',
    ],
    [
      throughUsername === undefined && hasPassword,
      'throughUsername',
      'the username that the password is for',
    ],
    [through === undefined && throughUsername !== undefined, 'through', 'the proxy that the login is for'],
    [
      through !== undefined && localAddress !== undefined,
      'localAddress',
      'either `through` or `localAddress`, not both',
    ],
  ];
}

/** What goes together is said at the key that is wrong. */
export function checkThrough(keys: ThroughKeys, context: z.RefinementCtx): void {
  for (const [isBroken, key, message] of problemsOf(keys))
    if (isBroken) context.addIssue({ code: 'custom', path: [key], message });
}

/** @param password read; null where there is no login. */
export function throughOf(
  { through, throughUsername }: ThroughKeys,
  password: Secret | null,
): ThroughConfig | null {
  if (through === undefined) return null;
  const url = new URL(through);
  const isSocks = url.protocol === 'socks5:';
  const port = url.port === '' ? PORTS[isSocks ? 'socks5:' : 'http:'] : Number(url.port);
  return {
    kind: isSocks ? 'socks5' : 'http',
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port,
    login:
      throughUsername === undefined || password === null ? null : { username: throughUsername, password },
  };
}
