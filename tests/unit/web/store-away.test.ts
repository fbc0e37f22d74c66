/** What the page and the API say while the store does not answer. */
import { describe, expect, it } from 'vitest';
import { EnvironmentError } from '../../../src/errors.ts';
import { createMemoryStore } from '../../../src/store/memory/store.ts';
import type { Store } from '../../../src/store/store.ts';
import { createWebServer } from '../../../src/web/server.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { silentLog } from '../../support/silent-log.ts';
import { aCatalog, aNotice, aVantage, EVENING_MS } from '../../support/web-world.ts';

describe('a store that is away', () => {
  async function away(): Promise<never> {
    return Promise.reject(
      new EnvironmentError('STORE_UNREACHABLE', 'InfluxDB at http://secret does not answer.'),
    );
  }
  const store: Store = {
    ...createMemoryStore(),
    statusNow: away,
    incidents: away,
    vantagesNow: away,
    extent: away,
  };
  const notice = aNotice({ vantages: [aVantage({ spoolDepth: 740 }), aVantage({ spoolDepth: 260 })] });

  async function ask(url: string) {
    const app = await createWebServer({
      store,
      catalog: aCatalog(),
      clock: new ManualClock(EVENING_MS),
      log: silentLog,
      notice: () => notice,
      version: '0.0.0-test',
    });
    try {
      return await app.inject({ url });
    } finally {
      await app.close();
    }
  }

  it('is said on the page, with what waits in the spools, and as 503', async () => {
    const { statusCode, body } = await ask('/');
    expect(statusCode).toBe(503);
    expect(body).toContain('The store is away');
    expect(body).toContain('1,000 measurements wait in the spool');
    expect(body).not.toContain('secret');
  });

  it('is a problem of the API’s that says nothing of our inside', async () => {
    const { statusCode, body } = await ask('/api/incidents');
    expect(statusCode).toBe(503);
    expect(body).toContain('Measuring goes on');
    expect(body).not.toContain('secret');
  });
});
