/** The section `watchers` of `aiqyn.yaml`: who is watched for livestreams. docs/watchers.md says what each key is for. */
import { z } from 'zod';
import { PLATFORMS } from '../../probes/words.ts';
import { SecretText, Text } from './plain-text.ts';

const WATCHED_MAX = 50;
const HttpUrl = z.url({ protocol: /^https?$/, error: 'an address such as https://example.org/feed.xml' });
const Pointer = z.string().regex(/^(?:\/.*)?$/, 'a JSON pointer, such as /data/streams');
const Words = z.array(Text).max(20).default([]);

/** YouTube's own figure; the project's quota can be less. */
const UNITS_PER_DAY = 10_000;

const id = z
  .string()
  .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'lower-case letters, digits and single hyphens, at most 40')
  .max(40);

function watched(everySeconds: number) {
  return {
    id,
    actors: Words,
    places: Words,
    everySeconds: z.int().min(5).max(86_400).default(everySeconds),
  };
}

const Platforms = z.array(z.enum(PLATFORMS)).min(1);

const Youtube = z
  .strictObject({
    url: HttpUrl.transform((address) => address.replace(/\/+$/, '')).default('https://www.googleapis.com'),
    key: SecretText.optional(),
    keyFile: Text.optional(),
    unitsPerDay: z.int().min(100).max(10_000_000).default(UNITS_PER_DAY),
    channels: z
      .array(
        z.strictObject({
          ...watched(60),
          channel: z.string().regex(/^UC[\w-]{22}$/, 'a channel’s id, UC and 22 more characters'),
          platforms: Platforms.default(['youtube']),
        }),
      )
      .min(1)
      .max(WATCHED_MAX),
  })
  .refine(({ key, keyFile }) => (key === undefined) !== (keyFile === undefined), {
    path: ['keyFile'],
    error: 'a file with the key of your Google project, or `key`, and not both',
  });

const Feed = z.strictObject({
  ...watched(120),
  url: HttpUrl,
  platforms: Platforms,
  lastsMinutes: z.int().min(5).max(720).default(120),
});
const Ics = z.strictObject({ ...watched(300), url: HttpUrl, platforms: Platforms });
const Json = z.strictObject({
  ...watched(60),
  url: HttpUrl,
  platforms: Platforms,
  map: z.strictObject({
    items: Pointer.default(''),
    id: Pointer,
    title: Pointer.optional(),
    start: Pointer.optional(),
    end: Pointer.optional(),
    live: Pointer.optional(),
    url: Pointer.optional(),
  }),
});

export const WatchersSection = z
  .strictObject({
    youtube: Youtube.optional(),
    feeds: z.array(Feed).max(WATCHED_MAX).default([]),
    calendars: z.array(Ics).max(WATCHED_MAX).default([]),
    json: z.array(Json).max(WATCHED_MAX).default([]),
  })
  .superRefine(({ youtube, feeds, calendars, json }, context) => {
    const lists = { feeds, calendars, json };
    const seen = new Set((youtube?.channels ?? []).map((one) => one.id));
    for (const [name, list] of Object.entries(lists))
      for (const [index, one] of list.entries()) {
        if (seen.has(one.id))
          context.addIssue({
            code: 'custom',
            path: [name, index, 'id'],
            message: 'an id that nothing else watched has',
          });
        seen.add(one.id);
      }
  });
export type WatchersSection = z.output<typeof WatchersSection>;
