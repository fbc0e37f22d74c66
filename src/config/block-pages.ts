/** Block pages found in the records of others, which keep bodies where our own probe keeps the marks it found. */
import type { BlockpageFact } from '../../probes/catalog.ts';
import { compileBlockpages } from '../../probes/web/blockpage.ts';
import { decodeBody, titleOf } from '../../probes/web/page.ts';
import type { ServedPage } from '../analysis/verdict/verdict.ts';

/** `Knowledge.blockpagesOf` for these facts. A body that is not kept matches by its headers alone. */
export function blockpageReader(facts: readonly BlockpageFact[]): (page: ServedPage) => readonly string[] {
  const blockpages = compileBlockpages(facts);
  return (page) => {
    const headers = textHeaders(page.headers);
    const bodyText = textOf(page.body, headers);
    const served = { bodyText, title: titleOf(bodyText), headers };
    return blockpages.filter((one) => one.matches(served)).map((one) => one.id);
  };
}

/** Base64 stands for bodies that are not UTF-8, such as pages in windows-1251: their own charset reads them. */
function textOf(body: ServedPage['body'], headers: Readonly<Record<string, string>>): string {
  return typeof body === 'string' ? body : decodeBody({ body: Buffer.from(body.data, 'base64'), headers });
}

/** Names in lower case; of several values the first. Values that are no text say nothing here. */
function textHeaders(headers: Readonly<Record<string, unknown>>): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const first: unknown = Array.isArray(value) ? value[0] : value;
    if (typeof first === 'string') texts[name.toLowerCase()] = first;
  }
  return texts;
}
