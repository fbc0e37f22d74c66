/** What every channel promises, against servers on loopback that answer as the real ones do, also when they are in trouble. */
import { createHmac } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { afterEach, describe, expect, it } from 'vitest';
import { openWay, postJson } from '../../probes/net/post-json.ts';
import type { Channel } from '../../src/alerts/channel.ts';
import { createAlertmanager } from '../../src/alerts/channels/alertmanager.ts';
import { createEmail } from '../../src/alerts/channels/email.ts';
import { createNtfy } from '../../src/alerts/channels/ntfy.ts';
import { createSlack } from '../../src/alerts/channels/slack.ts';
import { createTelegram } from '../../src/alerts/channels/telegram.ts';
import { createWebhook } from '../../src/alerts/channels/webhook.ts';
import { noPicture } from '../../src/alerts/picture.ts';
import { Secret } from '../../src/config/secret.ts';
import { aMessage, aSubject, BEGAN_MS } from '../support/alerts.ts';
import { startAnswering } from '../support/answering-server.ts';
import type { GivenAnswer, GivenRequest } from '../support/answering-server.ts';
import { listenOn } from '../support/listen-on.ts';

const NOW_MS = BEGAN_MS + 120_000;
const never = new AbortController().signal;
const ends: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

const CHANNELS: Readonly<Record<string, (url: string) => Channel>> = {
  telegram: (api) =>
    createTelegram(
      { channel: 'telegram', chat: '-100', api, token: new Secret('7:HUSH') },
      { post: postJson, send: openWay({}).send, pictureFor: noPicture },
    ),
  webhook: (url) =>
    createWebhook({ channel: 'webhook', url, secret: new Secret('HUSH') }, postJson, () => NOW_MS),
  ntfy: (url) => createNtfy({ channel: 'ntfy', url, topic: 'aiqyn', token: new Secret('HUSH') }, postJson),
  slack: (url) => createSlack({ channel: 'slack', url: new Secret(`${url}/HUSH`) }, postJson),
  alertmanager: (url) =>
    createAlertmanager({ channel: 'alertmanager', url, token: null }, postJson, () => NOW_MS),
};

/** A channel of this name to a server that gives these answers in turn, the last one for ever. */
async function channelTo(name: string, answers: readonly GivenAnswer[]) {
  const requests: GivenRequest[] = [];
  const server = await startAnswering((request) => {
    requests.push(request);
    return answers[Math.min(requests.length, answers.length) - 1] ?? { status: 500 };
  });
  ends.push(server.close);
  const make = CHANNELS[name];
  if (make === undefined) throw new Error(`no channel ${name}`);
  return { channel: make(server.url), requests };
}

function bodyOf(request: GivenRequest | undefined): unknown {
  return JSON.parse(request?.body ?? 'null');
}

const SENT = { status: 200, body: '{"ok":true,"result":{"message_id":17}}' };

describe.each(Object.keys(CHANNELS))('%s', (name) => {
  it('delivers', async () => {
    const { channel } = await channelTo(name, [SENT]);
    expect(await channel.deliver(aMessage(), never)).toMatchObject({ outcome: 'delivered' });
  });

  it.each([500, 502, 503, 429, 401, 403])('is to be tried again after HTTP %i', async (status) => {
    const { channel } = await channelTo(name, [{ status, body: 'upset' }]);
    const delivery = await channel.deliver(aMessage(), never);
    expect(delivery.outcome).toBe('unreachable');
    expect(JSON.stringify(delivery)).not.toContain('HUSH');
  });

  it('waits as long as a Retry-After asks for', async () => {
    const { channel } = await channelTo(name, [{ status: 429, headers: { 'retry-after': '30' } }]);
    expect(await channel.deliver(aMessage(), never)).toMatchObject({ afterMs: 30_000 });
  });

  it('says that a message was refused', async () => {
    const { channel } = await channelTo(name, [{ status: 400, body: '{"description":"no"}' }]);
    expect(await channel.deliver(aMessage(), never)).toMatchObject({ outcome: 'refused' });
  });

  it('is to be tried again where the connection is dropped or nobody is there', async () => {
    const server = createServer((socket) => socket.destroy());
    const port = await listenOn(server);
    const make = CHANNELS[name];
    const dropped = await make?.(`http://127.0.0.1:${port}`).deliver(aMessage(), never);
    await new Promise((resolve) => server.close(resolve));
    const away = await make?.(`http://127.0.0.1:${port}`).deliver(aMessage(), never);
    expect([dropped?.outcome, away?.outcome]).toEqual(['unreachable', 'unreachable']);
    expect(JSON.stringify([dropped, away])).not.toContain('HUSH');
  });

  it('ends at once when it is asked to', async () => {
    const server = createServer(() => undefined);
    ends.push(
      async () =>
        new Promise((resolve) =>
          server.close(() => {
            resolve();
          }),
        ),
    );
    const url = `http://127.0.0.1:${await listenOn(server)}`;
    const stopping = new AbortController();
    const delivery = CHANNELS[name]?.(url).deliver(aMessage(), stopping.signal);
    stopping.abort();
    expect(await delivery).toMatchObject({ outcome: 'unreachable' });
  });
});

describe('Telegram', () => {
  const over = aSubject({ status: 'restored', endMs: BEGAN_MS + 3_600_000 });
  const restored = aMessage({ subject: over, change: 'restored', number: 1, earlier: '17' });

  it('sends the message and remembers its number', async () => {
    const { channel, requests } = await channelTo('telegram', [SENT]);
    expect(await channel.deliver(aMessage(), never)).toEqual({ outcome: 'delivered', handle: '17' });
    expect(requests[0]?.path).toBe('/bot7:HUSH/sendMessage');
    expect(bodyOf(requests[0])).toMatchObject({ chat_id: '-100' });
  });

  it('edits the message when it is over, and replies to it so that phones ring', async () => {
    const { channel, requests } = await channelTo('telegram', [SENT]);
    expect(await channel.deliver(restored, never)).toEqual({ outcome: 'delivered', handle: '17' });
    expect(requests.map(({ path }) => path.split('/').at(-1))).toEqual(['editMessageText', 'sendMessage']);
    expect(bodyOf(requests[0])).toMatchObject({ message_id: 17 });
    expect(bodyOf(requests[1])).toMatchObject({ reply_parameters: { message_id: 17 } });
  });

  it('only edits it when more is known', async () => {
    const { channel, requests } = await channelTo('telegram', [SENT]);
    await channel.deliver(aMessage({ change: 'amended', number: 1, earlier: '17' }), never);
    expect(requests).toHaveLength(1);
  });

  it('takes an edit that was made already for done', async () => {
    const done = { status: 400, body: '{"ok":false,"description":"Bad Request: message is not modified"}' };
    const { channel } = await channelTo('telegram', [done, SENT]);
    expect(await channel.deliver(restored, never)).toEqual({ outcome: 'delivered', handle: '17' });
  });

  it('sends anew where somebody deleted the message', async () => {
    const lost = { status: 400, body: '{"ok":false,"description":"Bad Request: message to edit not found"}' };
    const sent = { status: 200, body: '{"ok":true,"result":{"message_id":18}}' };
    const { channel } = await channelTo('telegram', [lost, sent]);
    expect(await channel.deliver(restored, never)).toEqual({ outcome: 'delivered', handle: '18' });
  });

  it('waits for retry_after', async () => {
    const busy = {
      status: 429,
      body: '{"ok":false,"description":"Too Many Requests","parameters":{"retry_after":7}}',
    };
    const { channel } = await channelTo('telegram', [busy]);
    expect(await channel.deliver(aMessage(), never)).toEqual({
      outcome: 'unreachable',
      reason: 'HTTP 429: Too Many Requests',
      afterMs: 7_000,
    });
  });
});

describe('a webhook', () => {
  it('signs time and body, so that a receiver can check both', async () => {
    let headers: NodeJS.Dict<string | readonly string[]> = {};
    let body = '';
    const { createServer: createHttp } = await import('node:http');
    const server = createHttp((incoming, outgoing) => {
      headers = incoming.headers;
      incoming.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')));
      incoming.on('end', () => outgoing.end('ok'));
    });
    const url = `http://127.0.0.1:${await listenOn(server)}`;
    ends.push(
      async () =>
        new Promise((resolve) => {
          server.closeAllConnections();
          server.close(() => {
            resolve();
          });
        }),
    );
    const message = aMessage();
    await CHANNELS['webhook']?.(url).deliver(message, never);
    const seconds = Math.floor(NOW_MS / 1_000);
    const expected = createHmac('sha256', 'HUSH').update(`${seconds}.${body}`).digest('hex');
    expect(headers['aiqyn-signature']).toBe(`t=${seconds},v1=${expected}`);
    expect(headers['idempotency-key']).toBe(message.key);
    expect(JSON.parse(body)).toMatchObject({
      kind: 'opened',
      incident: { start: '2026-05-12T16:07:00.000Z', end: null },
    });
  });
});

describe('ntfy, Slack and Alertmanager', () => {
  it('ntfy has topic, title, link and login', async () => {
    const { channel, requests } = await channelTo('ntfy', [SENT]);
    await channel.deliver(aMessage(), never);
    expect(requests[0]?.authorization).toBe('Bearer HUSH');
    expect(bodyOf(requests[0])).toMatchObject({
      topic: 'aiqyn',
      priority: 4,
      title: 'YouTube and Facebook are blocked',
    });
  });

  it('Slack is shown no markup and no mention of a name’s', async () => {
    const { channel, requests } = await channelTo('slack', [SENT]);
    await channel.deliver(aMessage({ subject: aSubject({ platforms: ['<!channel>'] }) }), never);
    expect(requests[0]?.body).toContain('&lt;!channel&gt;');
    expect(requests[0]?.body).not.toContain('<!channel>');
  });

  it('Alertmanager keeps an alert’s labels while it goes on, and is told its end', async () => {
    const { channel, requests } = await channelTo('alertmanager', [SENT]);
    await channel.deliver(aMessage(), never);
    const over = aSubject({ kind: 'throttling', status: 'restored', endMs: BEGAN_MS + 60_000 });
    await channel.deliver(aMessage({ subject: over, change: 'restored', number: 1 }), never);
    expect(requests[0]?.path).toBe('/api/v2/alerts');
    const labels = { alertname: 'AiqynIncident', incident: over.id, route: 'team' };
    expect(requests.map(bodyOf)).toMatchObject([
      [{ labels, startsAt: '2026-05-12T16:07:00.000Z' }],
      [{ labels, endsAt: '2026-05-12T16:08:00.000Z' }],
    ]);
  });
});

interface Mail {
  readonly text: string;
  readonly to: readonly string[];
}

async function mailServer(refuse: number | null) {
  const mails: Mail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        if (refuse !== null) {
          done(Object.assign(new Error('not now'), { responseCode: refuse }));
          return;
        }
        mails.push({
          text: Buffer.concat(chunks).toString('utf8'),
          to: session.envelope.rcptTo.map(({ address }) => address),
        });
        done();
      });
    },
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address: AddressInfo | string | null = server.server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  ends.push(
    async () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
      }),
  );
  return { port: address.port, mails };
}

function emailTo(port: number): Channel {
  return createEmail(
    {
      channel: 'email',
      host: '127.0.0.1',
      port,
      tls: 'none',
      from: 'Aiqyn <alerts@example.org>',
      to: ['a@example.org', 'b@example.org'],
      login: null,
    },
    noPicture,
  );
}

describe('e-mail', () => {
  it('reaches everybody, and what follows is in the same thread', async () => {
    const { port, mails } = await mailServer(null);
    const message = aMessage();
    const first = await emailTo(port).deliver(message, never);
    const id = `<${message.key}@example.org>`;
    expect(first).toEqual({ outcome: 'delivered', handle: id });
    await emailTo(port).deliver(aMessage({ change: 'restored', number: 1, earlier: id }), never);
    expect(mails[0]?.to).toEqual(['a@example.org', 'b@example.org']);
    expect(mails[0]?.text).toContain(`Message-ID: ${id}`);
    expect(mails[0]?.text).toContain('Subject: YouTube and Facebook are blocked');
    expect(mails[1]?.text).toContain(`In-Reply-To: ${id}`);
  });

  it.each([
    { code: 451, outcome: 'unreachable' },
    { code: 550, outcome: 'refused' },
  ])('after SMTP $code it is $outcome', async ({ code, outcome }) => {
    const { port } = await mailServer(code);
    expect(await emailTo(port).deliver(aMessage(), never)).toMatchObject({ outcome });
  });

  it('is to be tried again where nobody is there', async () => {
    const server = createServer();
    const port = await listenOn(server);
    await new Promise((resolve) => server.close(resolve));
    expect(await emailTo(port).deliver(aMessage(), never)).toMatchObject({ outcome: 'unreachable' });
  });
});
