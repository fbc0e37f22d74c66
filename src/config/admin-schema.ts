/** The sections `admin` and `http` of `aiqyn.yaml`. docs/admin.md and docs/operations say what each key is for. */
import { isIP } from 'node:net';
import { z } from 'zod';
import { SecretText, Text } from './plain-text.ts';
import type { Secret } from './secret.ts';

/** Of one address; docs/operations.md says why so many. */
export const REQUESTS_PER_MINUTE = 1_200;
const PROXIES_MAX = 32;
/** Anything shorter can be tried out. */
export const ADMIN_TOKEN_LENGTH_MIN = 32;

/** `127.0.0.1`, `10.0.0.0/8`, `::1`, `fd00::/8`. */
const Peer = z.string().refine(isPeer, 'an address or a network, such as 127.0.0.1 or 10.0.0.0/8');

function isPeer(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}

export const Http = z.strictObject({
  /** Loopback by default: whoever opens the page to a network does so knowingly. */
  host: Text.default('127.0.0.1'),
  /** 0 lets the system choose a free one. */
  port: z.int().min(0).max(65_535).default(8470),
  /** Where readers reach the page. */
  publicUrl: z
    .url({ protocol: /^https?$/, error: 'an address such as https://aiqyn.example.org' })
    .transform((address) => address.replace(/\/+$/, ''))
    .optional(),
  /** Proxies whose X-Forwarded-For and X-Forwarded-Proto are believed. */
  trustProxy: z.array(Peer).max(PROXIES_MAX).default([]),
  /** Of one address: a newspaper's readers may share one. */
  requestsPerMinute: z.int().min(10).max(1_000_000).default(REQUESTS_PER_MINUTE),
});

export const Admin = z
  .strictObject({
    token: SecretText.optional(),
    tokenFile: Text.optional(),
    /** Who is named in the log where somebody logs in with the token. */
    user: Text.default('admin'),
    /** A header in which a proxy that checked it names who asks. */
    proxyHeader: z
      .string()
      .regex(/^[A-Za-z][A-Za-z0-9-]{0,63}$/, 'the name of a header, such as X-Forwarded-User')
      .optional(),
    /** From where that header is believed. */
    proxies: z.array(Peer).max(PROXIES_MAX).default([]),
  })
  .superRefine((admin, context) => {
    const { token, tokenFile, proxyHeader, proxies } = admin;
    if (token !== undefined && tokenFile !== undefined)
      context.addIssue({
        code: 'custom',
        path: ['tokenFile'],
        message: 'either `token` or `tokenFile`, not both',
      });
    if (token === undefined && tokenFile === undefined && proxyHeader === undefined)
      context.addIssue({
        code: 'custom',
        path: ['tokenFile'],
        message: 'a file with a token, or `proxyHeader`',
      });
    if (proxyHeader !== undefined && proxies.length === 0)
      context.addIssue({
        code: 'custom',
        path: ['proxies'],
        message: 'the addresses from which `proxyHeader` is believed: anybody else could write it too',
      });
  });
export type AdminFile = z.output<typeof Admin>;

/** Who may change events, notes and evidence; secrets read. */
export interface AdminConfig {
  /** Null: nobody logs in with one. */
  readonly token: Secret | null;
  readonly user: string;
  readonly proxy: { readonly header: string; readonly from: readonly string[] } | null;
}

export function adminConfig({ user, proxyHeader, proxies }: AdminFile, token: Secret | null): AdminConfig {
  const proxy = proxyHeader === undefined ? null : { header: proxyHeader.toLowerCase(), from: proxies };
  return { token, user, proxy };
}
