/** Whether what is watched for livestreams answers: one look at each, of YouTube at one unit of its quota for each channel. */
import type { Config } from '../../config/config.ts';
import { readIcs } from '../../events/ics/read.ts';
import { COUNTRY_TIME_ZONE } from '../../events/places.ts';
import { readFeed } from '../../watchers/feed.ts';
import { at } from '../../watchers/json.ts';
import { politeHttp } from '../polite-http-of.ts';
import type { Check } from './check.ts';
import { ok, warn } from './check.ts';

const TIMEOUT_MS = 10_000;
const STATUS_OK = 200;

interface Answered {
  readonly failure: string | null;
  readonly status: number;
}

/** @param isRight whether what came can be read. */
function checkOf(id: string, { failure, status }: Answered, isRight: boolean, wanted: string): Check {
  const name = `Watcher ${id}`;
  const remedy = 'Aiqyn measures on without it; until it answers, streams are not seen to begin or end.';
  if (failure !== null) return warn(name, `does not answer: ${failure}`, remedy);
  if (status !== STATUS_OK) return warn(name, `answers with status ${status}`, remedy);
  return isRight ? ok(name, 'answers') : warn(name, `answers, but not with ${wanted}`, remedy);
}

export async function checkWatchers({ watchers }: Config): Promise<Check[]> {
  if (watchers === null) return [];
  const http = politeHttp();
  const asking = { timeoutMs: TIMEOUT_MS, signal: new AbortController().signal };
  const { youtube, feeds, calendars, json } = watchers;
  return Promise.all([
    ...(youtube?.channels ?? []).map(async ({ id, channel }) => {
      const words = new URLSearchParams({
        part: 'contentDetails',
        playlistId: channel.replace(/^UC/, 'UU'),
        maxResults: '1',
        key: youtube?.key.reveal() ?? '',
      });
      const answer = await http.getJson(
        `${youtube?.url ?? ''}/youtube/v3/playlistItems?${words.toString()}`,
        asking,
      );
      return checkOf(id, answer, Array.isArray(at(answer.body, '/items')), 'a list of videos');
    }),
    ...feeds.map(async ({ id, url }) => {
      const answer = await http.getText(url, asking);
      return checkOf(id, answer, readFeed(answer.text) !== null, 'RSS or Atom');
    }),
    ...calendars.map(async ({ id, url }) => {
      const answer = await http.getText(url, asking);
      return checkOf(id, answer, readIcs(answer.text, COUNTRY_TIME_ZONE) !== null, 'an iCalendar file');
    }),
    ...json.map(async ({ id, url, map }) => {
      const answer = await http.getJson(url, asking);
      return checkOf(id, answer, Array.isArray(at(answer.body, map.items)), `a list at "${map.items}"`);
    }),
  ]);
}
