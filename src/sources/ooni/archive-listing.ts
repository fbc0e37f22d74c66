/** One page of an S3 listing (ListObjectsV2: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html). */

export interface ListedObject {
  readonly key: string;
  readonly bytes: number;
  /** Changes with the content; the size where the listing tells none. */
  readonly stamp: string;
}

export interface ListingPage {
  readonly objects: readonly ListedObject[];
  /** Null on the last page. */
  readonly next: string | null;
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
};

/** What is wrong instead of a page, where the text is no listing any more. */
export type ReadListing = { readonly page: ListingPage } | { readonly page: null; readonly what: string };

export function readListing(text: string): ReadListing {
  if (!/<ListBucketResult[\s>]/u.test(text) || !/<\/ListBucketResult>\s*$/u.test(text))
    return { page: null, what: 'the answer is no whole ListBucketResult' };
  const objects = [...text.matchAll(/<Contents>([\s\S]*?)<\/Contents>/gu)].map(([, item = '']) =>
    objectOf(item),
  );
  const known = objects.filter((object) => object !== null);
  if (known.length < objects.length)
    return { page: null, what: 'an object of the listing has no Key and Size' };
  const next = valueOf(text, 'NextContinuationToken');
  const truncated = valueOf(text, 'IsTruncated');
  if (truncated === 'false') return { page: { objects: known, next: null } };
  if (truncated !== 'true')
    return { page: null, what: 'the listing does not say whether it goes on (IsTruncated)' };
  if (next === null) return { page: null, what: 'the listing goes on, but names no NextContinuationToken' };
  return { page: { objects: known, next } };
}

function objectOf(item: string): ListedObject | null {
  const key = valueOf(item, 'Key');
  const size = valueOf(item, 'Size');
  if (key === null || size === null || !/^\d{1,15}$/u.test(size)) return null;
  return { key, bytes: Number(size), stamp: valueOf(item, 'ETag') ?? size };
}

function valueOf(text: string, name: string): string | null {
  const raw = new RegExp(`<${name}>([^<]*)</${name}>`, 'u').exec(text)?.[1];
  return raw === undefined ? null : decoded(raw);
}

function decoded(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]+));/giu, (whole, decimal, hex, name) => {
    if (typeof decimal === 'string') return character(Number(decimal), whole);
    if (typeof hex === 'string') return character(Number.parseInt(hex, 16), whole);
    return (typeof name === 'string' ? ENTITIES[name] : undefined) ?? whole;
  });
}

function character(code: number, otherwise: string): string {
  return code <= 0x10ffff ? String.fromCodePoint(code) : otherwise;
}
