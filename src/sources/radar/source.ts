/**
 * Cloudflare Radar: traffic to Cloudflare, connections that are cut early, and outages that people there confirmed. Needs a
 * token. Traffic comes as a share of the greatest of the time asked for: so always the same length of time is asked for, and the
 * newest answer is written over the ones before.
 */
import { fittingRows } from '../../polite/client.ts';
import { asnOf, COUNTRY, Gathering } from '../source.ts';
import type { OutsideSource, PollWindow, SourceOptions } from '../source.ts';
import { outageOfAnomaly, outagesOf, readingsOf } from './read.ts';
import { Anomalies, AnomalyRow, OutageRow, Outages, ResetGroups, Timeseries } from './shapes.ts';

export const RADAR_URL = 'https://api.cloudflare.com/client/v4';
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const TRAFFIC_DAYS = 7;
const ANNOTATIONS_MAX = '100';
const MOBILE = { deviceType: 'MOBILE' };
/** Traffic of single networks: the first of them, which are the greatest. */
const NETWORKS_MAX = 6;

export function createRadar(options: SourceOptions): OutsideSource {
  return {
    id: 'radar',
    everyMs: 15 * MINUTE_MS,
    overlapMs: TRAFFIC_DAYS * DAY_MS,
    lookbackMs: TRAFFIC_DAYS * DAY_MS,
    client: options.client,
    poll: async (window, signal) => new Poll(options, window, signal).run(),
  };
}

class Poll {
  readonly #options: SourceOptions;
  readonly #range: Readonly<Record<string, string>>;
  readonly #signal: AbortSignal;
  readonly #gathering = new Gathering();

  constructor(options: SourceOptions, { untilMs }: PollWindow, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
    this.#range = {
      dateStart: new Date(untilMs - TRAFFIC_DAYS * DAY_MS).toISOString(),
      dateEnd: new Date(untilMs).toISOString(),
    };
  }

  async run() {
    const nation = { location: COUNTRY };
    await this.#traffic('netflows', { signal: 'netflows', entity: COUNTRY }, nation);
    await this.#traffic('http', { signal: 'http', entity: COUNTRY }, nation);
    await this.#traffic('http', { signal: 'http.mobile', entity: COUNTRY }, { ...nation, ...MOBILE });
    for (const operator of this.#options.watched.operators.slice(0, NETWORKS_MAX))
      await this.#traffic('http', { signal: 'http', entity: operator }, { asn: asnOf(operator) });
    await this.#resets();
    await this.#outages();
    await this.#anomalies();
    return this.#gathering.answer();
  }

  #address(path: string, query: Readonly<Record<string, string>>): string {
    const all = { ...this.#range, ...query, format: 'JSON' };
    return `${this.#options.url}/radar/${path}?${new URLSearchParams(all).toString()}`;
  }

  async #traffic(
    path: string,
    tags: { readonly signal: string; readonly entity: string },
    query: Readonly<Record<string, string>>,
  ): Promise<void> {
    const all = { ...query, aggInterval: '15m', normalization: 'MIN0_MAX' };
    const url = this.#address(`${path}/timeseries`, all);
    const what = `${tags.signal} of ${tags.entity}`;
    const question = { url, schema: Timeseries, ttlMs: 0 };
    const answer = await this.#gathering.ask(this.#options.client, what, question, this.#signal);
    if (answer === null) return;
    const { timestamps, values } = answer.result.serie_0;
    this.#gathering.readings(readingsOf(tags, timestamps, values));
  }

  async #resets(): Promise<void> {
    const url = this.#address('tcp_resets_timeouts/timeseries_groups', {
      location: COUNTRY,
      aggInterval: '1h',
    });
    const question = { url, schema: ResetGroups, ttlMs: 0 };
    const answer = await this.#gathering.ask(this.#options.client, 'TCP resets', question, this.#signal);
    if (answer === null) return;
    const { timestamps, post_ack = [], post_psh = [] } = answer.result.serie_0;
    const entity = COUNTRY;
    this.#gathering.readings(readingsOf({ signal: 'tcp.post_ack', entity }, timestamps, post_ack));
    this.#gathering.readings(readingsOf({ signal: 'tcp.post_psh', entity }, timestamps, post_psh));
  }

  async #outages(): Promise<void> {
    const url = this.#address('annotations/outages', { location: COUNTRY, limit: ANNOTATIONS_MAX });
    const question = { url, schema: Outages, ttlMs: 0 };
    const answer = await this.#gathering.ask(this.#options.client, 'outages', question, this.#signal);
    const { rows, skipped } = fittingRows(OutageRow, answer?.result.annotations ?? []);
    this.#gathering.skip(skipped);
    this.#gathering.outages(rows.flatMap(outagesOf));
  }

  async #anomalies(): Promise<void> {
    const url = this.#address('traffic_anomalies', { location: COUNTRY, limit: ANNOTATIONS_MAX });
    const question = { url, schema: Anomalies, ttlMs: 0 };
    const answer = await this.#gathering.ask(this.#options.client, 'anomalies', question, this.#signal);
    const { rows, skipped } = fittingRows(AnomalyRow, answer?.result.trafficAnomalies ?? []);
    this.#gathering.skip(skipped);
    this.#gathering.outages(rows.map(outageOfAnomaly).filter((outage) => outage !== null));
  }
}
