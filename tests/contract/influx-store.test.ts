/** Every promise of the store's port, kept by a real InfluxDB. */
import { afterAll, beforeAll, describe } from 'vitest';
import { systemClock } from '../../probes/net/clock.ts';
import { openInfluxStore } from '../../src/store/influx/store.ts';
import type { Store } from '../../src/store/store.ts';
import { anAddress } from '../support/address.ts';
import { influxdCommand, startInfluxd } from '../support/influxd.ts';
import type { Influxd } from '../support/influxd.ts';
import { silentLog } from '../support/silent-log.ts';
import { describeStore } from './store-suite.ts';
import { describeStoreBuckets } from './store-suite-buckets.ts';
import { describeStoreRecords } from './store-suite-records.ts';

describe.skipIf(influxdCommand() === null)('InfluxDB', () => {
  let influxd: Influxd;
  let opened = 0;
  beforeAll(async () => {
    influxd = await startInfluxd();
  });
  afterAll(async () => {
    await influxd.stop();
  });

  async function open(): Promise<Store> {
    opened += 1;
    const address = anAddress({ url: influxd.url, database: `contract-${opened}` });
    return openInfluxStore({
      address,
      clock: systemClock(),
      log: silentLog,
      setAside: async (content, reason) => {
        throw new Error(`set aside: ${reason} ${JSON.stringify(content)}`);
      },
    });
  }
  describeStore('InfluxDB 1.x', open);
  describeStoreBuckets('InfluxDB 1.x', open);
  describeStoreRecords('InfluxDB 1.x', open);
});
