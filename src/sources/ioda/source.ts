/** IODA (Georgia Tech): routes, answers to pings, a telescope and Google's traffic, by country, region and network. */
import { fittingRows } from '../../polite/client.ts';
import { asnOf, COUNTRY, epochSeconds, Gathering } from '../source.ts';
import type { OutsideSource, PollWindow, SourceOptions } from '../source.ts';
import { outageOf, outagesOfAlerts, readingsOf } from './read.ts';
import { Alert, Entity, OutageEvent, RowsAnswer, SignalSeries, SignalsAnswer } from './shapes.ts';

export const IODA_URL = 'https://api.ioda.inetintel.cc.gatech.edu/v2';
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Regions hardly ever change their numbers. */
const REGIONS_TTL_MS = 24 * HOUR_MS;
const ROWS_MAX = 500;
const ALERTS_DAYS = 14;
const REGIONS_MAX = 32;

export function createIoda(options: SourceOptions): OutsideSource {
  return {
    id: 'ioda',
    everyMs: 10 * MINUTE_MS,
    // Google's traffic comes up to three hours late.
    overlapMs: 4 * HOUR_MS,
    lookbackMs: 14 * 24 * HOUR_MS,
    client: options.client,
    poll: async (window, signal) => new Poll(options, window, signal).run(),
  };
}

class Poll {
  readonly #options: SourceOptions;
  readonly #window: PollWindow;
  readonly #signal: AbortSignal;
  readonly #gathering = new Gathering();

  constructor(options: SourceOptions, window: PollWindow, signal: AbortSignal) {
    this.#options = options;
    this.#window = window;
    this.#signal = signal;
  }

  async run() {
    const asns = this.#options.watched.operators.map(asnOf).join(',');
    await this.#signals('country', COUNTRY);
    if (asns !== '') await this.#signals('asn', asns);
    const regions = await this.#regions();
    if (regions !== '') await this.#signals('region', regions);
    for (const type of ['country', 'region', 'asn']) await this.#events(type);
    await this.#alerts();
    return this.#gathering.answer();
  }

  #address(path: string, query: Readonly<Record<string, string>>): string {
    const { sinceMs, untilMs } = this.#window;
    const all = { from: String(epochSeconds(sinceMs)), until: String(epochSeconds(untilMs)), ...query };
    return `${this.#options.url}${path}?${new URLSearchParams(all).toString()}`;
  }

  async #signals(type: string, codes: string): Promise<void> {
    const { client, watched } = this.#options;
    const what = `signals of ${type}`;
    const query = { sourceParams: 'WEB_SEARCH,YOUTUBE' };
    const url = this.#address(`/signals/raw/${type}/${codes}`, query);
    const answer = await this.#gathering.ask(
      client,
      what,
      { url, schema: SignalsAnswer, ttlMs: 0 },
      this.#signal,
    );
    const { rows, skipped } = fittingRows(SignalSeries, answer?.data.flat() ?? []);
    this.#gathering.skip(skipped);
    for (const series of rows) this.#gathering.readings(readingsOf(series, watched.placeOf) ?? []);
  }

  /** Codes of the country's regions that the catalogue knows, with commas. */
  async #regions(): Promise<string> {
    const { client, url, watched } = this.#options;
    const query = new URLSearchParams({ entityType: 'region', relatedTo: `country/${COUNTRY}` });
    const question = {
      url: `${url}/entities/query?${query.toString()}`,
      schema: RowsAnswer,
      ttlMs: REGIONS_TTL_MS,
    };
    const answer = await this.#gathering.ask(client, 'regions', question, this.#signal);
    const { rows, skipped } = fittingRows(Entity, answer?.data ?? []);
    this.#gathering.skip(skipped);
    return rows
      .filter(({ name }) => watched.placeOf(name) !== null)
      .slice(0, REGIONS_MAX)
      .map(({ code }) => code)
      .join(',');
  }

  async #events(entityType: string): Promise<void> {
    const { client, watched } = this.#options;
    const related = `country/${COUNTRY}`;
    const query =
      entityType === 'country' ? { entityType, entityCode: COUNTRY } : { entityType, relatedTo: related };
    const url = this.#address('/outages/events', { ...query, format: 'codf', limit: String(ROWS_MAX) });
    const answer = await this.#gathering.ask(
      client,
      `outages of ${entityType}`,
      { url, schema: RowsAnswer, ttlMs: 0 },
      this.#signal,
    );
    const { rows, skipped } = fittingRows(OutageEvent, answer?.data ?? []);
    this.#gathering.skip(skipped);
    for (const event of rows) {
      const outage = outageOf(event, watched.placeOf, this.#window.untilMs);
      if (outage !== null) this.#gathering.outages([outage]);
    }
  }

  async #alerts(): Promise<void> {
    const { client, watched } = this.#options;
    // From its begin on, so that an alert that is lifted finds its begin.
    const from = String(epochSeconds(this.#window.untilMs - ALERTS_DAYS * 24 * HOUR_MS));
    const query = { from, entityType: 'country', entityCode: COUNTRY, limit: String(ROWS_MAX) };
    const url = this.#address('/outages/alerts', query);
    const answer = await this.#gathering.ask(
      client,
      'alerts',
      { url, schema: RowsAnswer, ttlMs: 0 },
      this.#signal,
    );
    const { rows, skipped } = fittingRows(Alert, answer?.data ?? []);
    this.#gathering.skip(skipped);
    this.#gathering.outages(outagesOfAlerts(rows, watched.placeOf));
  }
}
