/** The section `borrowed` of `aiqyn.yaml`: whose probes are asked, about what, and how much. docs/borrowed.md says why. */
import { z } from 'zod';
import { PLATFORMS } from '../../probes/words.ts';
import { SecretText, Text } from './plain-text.ts';

/** What people use most; each is one target, its front door. */
const PLATFORMS_ASKED = ['youtube', 'facebook', 'instagram', 'whatsapp', 'telegram', 'x', 'tiktok'] as const;
/** What Globalping gives to whoever does not say who asks, and to whoever does. */
const ANONYMOUS_PER_HOUR = 250;
const WITH_TOKEN_PER_HOUR = 500;
const CONTROLS = ['DE', 'NL', 'FI'];

const Platforms = z
  .array(z.enum(PLATFORMS))
  .min(1)
  .default([...PLATFORMS_ASKED]);
const HttpUrl = z
  .url({ protocol: /^https?$/, error: 'an address such as https://api.globalping.io' })
  .transform((address) => address.replace(/\/+$/, ''));
const Country = z.string().regex(/^[A-Z]{2}$/, 'a country’s two letters, such as DE');

type Keys = Readonly<Record<string, unknown>>;

function either(key: string) {
  return (section: Keys, context: z.RefinementCtx): void => {
    if (section[key] === undefined || section[`${key}File`] === undefined) return;
    context.addIssue({
      code: 'custom',
      path: [`${key}File`],
      message: `either \`${key}\` or \`${key}File\`, not both`,
    });
  };
}

function hasToken({ token, tokenFile }: Keys): boolean {
  return token !== undefined || tokenFile !== undefined;
}

const Globalping = z
  .strictObject({
    url: HttpUrl.default('https://api.globalping.io'),
    token: SecretText.optional(),
    tokenFile: Text.optional(),
    testsPerHour: z.int().min(2).max(WITH_TOKEN_PER_HOUR).optional(),
    platforms: Platforms,
    controls: z
      .array(Country.refine((country) => country !== 'KZ', 'a country other than KZ'))
      .min(1)
      .max(10)
      .default(CONTROLS),
  })
  .superRefine(either('token'))
  .superRefine((section, context) => {
    const isTooMany = (section.testsPerHour ?? 0) > ANONYMOUS_PER_HOUR && !hasToken(section);
    if (isTooMany)
      context.addIssue({
        code: 'custom',
        path: ['testsPerHour'],
        message: `at most ${ANONYMOUS_PER_HOUR} without a token`,
      });
  })
  .transform((section) => ({
    ...section,
    testsPerHour: section.testsPerHour ?? (hasToken(section) ? WITH_TOKEN_PER_HOUR : ANONYMOUS_PER_HOUR),
  }));

const Atlas = z
  .strictObject({
    url: HttpUrl.default('https://atlas.ripe.net'),
    key: SecretText.optional(),
    keyFile: Text.optional(),
    creditsPerDay: z.int().min(100).max(1_000_000).default(10_000),
    platforms: Platforms,
  })
  .superRefine(either('key'))
  .refine(({ key, keyFile }) => key !== undefined || keyFile !== undefined, {
    path: ['keyFile'],
    error: 'a file with the key of your RIPE Atlas account, or `key`',
  });

export const BorrowedSection = z
  .strictObject({ globalping: Globalping.optional(), atlas: Atlas.optional() })
  .refine(({ globalping, atlas }) => globalping !== undefined || atlas !== undefined, {
    path: ['globalping'],
    error: 'at least one of `globalping` and `atlas`; {} takes its defaults',
  });
export type BorrowedSection = z.output<typeof BorrowedSection>;
