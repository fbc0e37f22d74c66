/** What a real Alertmanager makes of our alerts: an incident is there once, however often it is sent, and ends with its end. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { postJson } from '../../probes/net/post-json.ts';
import { createAlertmanager } from '../../src/alerts/channels/alertmanager.ts';
import { alertmanagerCommand, startAlertmanager } from '../support/alertmanager.ts';
import type { Alertmanager } from '../support/alertmanager.ts';
import { aMessage, aSubject, BEGAN_MS } from '../support/alerts.ts';
import { startAnswering } from '../support/answering-server.ts';
import type { AnsweringServer } from '../support/answering-server.ts';

const COMMAND = alertmanagerCommand();
const Notification = z.object({
  alerts: z.array(z.object({ status: z.string(), labels: z.record(z.string(), z.string()) })),
});
const never = new AbortController().signal;

describe.skipIf(COMMAND === null)('Alertmanager', () => {
  const told: string[] = [];
  const listeners: (() => void)[] = [];
  let receiver: AnsweringServer;
  let alertmanager: Alertmanager;

  beforeAll(async () => {
    receiver = await startAnswering(({ body }) => {
      const { alerts } = Notification.parse(JSON.parse(body));
      told.push(...alerts.map(({ status, labels }) => `${status} ${labels['incident'] ?? ''}`));
      for (const listener of listeners.splice(0)) listener();
      return { status: 200 };
    });
    alertmanager = await startAlertmanager(COMMAND ?? '', receiver.url);
  });
  afterAll(async () => {
    await alertmanager.stop();
    await receiver.close();
  });

  async function untilTold(what: string): Promise<void> {
    while (!told.includes(what)) await new Promise<void>((resolve) => listeners.push(resolve));
  }

  function channel() {
    const config = { channel: 'alertmanager', url: alertmanager.url, token: null } as const;
    return createAlertmanager(config, postJson, () => Date.now());
  }

  it('has an incident once, after three tries of one message, and passes it on once', async () => {
    for (let count = 0; count < 3; count += 1)
      expect(await channel().deliver(aMessage(), never)).toMatchObject({ outcome: 'delivered' });
    await untilTold(`firing ${aSubject().id}`);
    const alerts = await alertmanager.alerts();
    expect(alerts).toMatchObject([
      {
        labels: { alertname: 'AiqynIncident', incident: aSubject().id, route: 'team' },
        status: { state: 'active' },
      },
    ]);
    expect(Date.parse(alerts[0]?.startsAt ?? '')).toBe(BEGAN_MS);
  });

  it('resolves it when the incident ends, and tells each change once', async () => {
    const over = aSubject({ status: 'restored', endMs: BEGAN_MS + 3_600_000 });
    const message = aMessage({ subject: over, change: 'restored', number: 1 });
    for (let count = 0; count < 2; count += 1)
      expect(await channel().deliver(message, never)).toMatchObject({ outcome: 'delivered' });
    await untilTold(`resolved ${over.id}`);
    expect(await alertmanager.alerts()).toEqual([]);
    expect(told).toEqual([`firing ${over.id}`, `resolved ${over.id}`]);
  });

  it('has two incidents apart', async () => {
    const other = aSubject({ id: 'block-20260601T0000Z-0000beef', startMs: BEGAN_MS + 86_400_000 });
    await channel().deliver(aMessage({ subject: other }), never);
    await untilTold(`firing ${other.id}`);
    expect((await alertmanager.alerts()).map(({ labels }) => labels['incident'])).toEqual([other.id]);
  });
});
