/** What channels do with a picture: the words come first and alone where there is none. */
import { SMTPServer } from 'smtp-server';
import { afterEach, describe, expect, it } from 'vitest';
import { openWay, postJson } from '../../probes/net/post-json.ts';
import type { Channel } from '../../src/alerts/channel.ts';
import { createEmail } from '../../src/alerts/channels/email.ts';
import { createNtfy } from '../../src/alerts/channels/ntfy.ts';
import { createTelegram } from '../../src/alerts/channels/telegram.ts';
import { createWebhook } from '../../src/alerts/channels/webhook.ts';
import { createPictureFor, noPicture } from '../../src/alerts/picture.ts';
import type { PictureFor } from '../../src/alerts/picture.ts';
import { paintingOf } from '../../src/cli/incident-picture.ts';
import { Secret } from '../../src/config/secret.ts';
import { Painter } from '../../src/web/charts/painter.ts';
import { aMessage, aSubject } from '../support/alerts.ts';
import { startAnswering } from '../support/answering-server.ts';
import type { GivenAnswer, GivenRequest } from '../support/answering-server.ts';
import { listenOn } from '../support/listen-on.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { silentLog } from '../support/silent-log.ts';
import { aCatalog, aFilledStore, EVENING_MS } from '../support/web-world.ts';

const never = new AbortController().signal;
const PNG = Buffer.from('89504e470d0a1a0a', 'hex');
const CARD = 'https://aiqyn.example.org/incidents/block-20260512T1600Z-0badcafe/card.png';
const ends: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

async function aPicture(): Promise<Buffer> {
  return Promise.resolve(PNG);
}

async function server(answerTo: (request: GivenRequest) => GivenAnswer = () => SENT) {
  const requests: GivenRequest[] = [];
  const { url, close } = await startAnswering((request) => {
    requests.push(request);
    return answerTo(request);
  });
  ends.push(close);
  return { url, requests };
}

const SENT = { status: 200, body: '{"ok":true,"result":{"message_id":17}}' };

function telegramTo(api: string, pictureFor: PictureFor): Channel {
  const config = { channel: 'telegram', chat: '-100', api, token: new Secret('7:HUSH') } as const;
  return createTelegram(config, { post: postJson, send: openWay({}).send, pictureFor });
}

function methodsOf(requests: readonly GivenRequest[]): (string | undefined)[] {
  return requests.map(({ path }) => path.split('/').at(-1));
}

describe('Telegram', () => {
  it('sends the words, then the picture as a silent reply to them', async () => {
    const { url, requests } = await server();
    expect(await telegramTo(url, aPicture).deliver(aMessage(), never)).toEqual({
      outcome: 'delivered',
      handle: '17',
    });
    expect(methodsOf(requests)).toEqual(['sendMessage', 'sendPhoto']);
    const form = requests[1]?.body ?? '';
    expect(form).toContain('name="chat_id"\r\n\r\n-100\r\n');
    expect(form).toContain('name="reply_parameters"\r\n\r\n{"message_id":17,');
    expect(form).toContain('name="disable_notification"\r\n\r\ntrue');
    expect(form).toContain('filename="incident.png"\r\ncontent-type: image/png\r\n\r\n');
  });

  it('has delivered the alert, whatever becomes of the picture', async () => {
    const { url, requests } = await server(({ path }) =>
      path.endsWith('sendPhoto') ? { status: 500 } : SENT,
    );
    expect(await telegramTo(url, aPicture).deliver(aMessage(), never)).toMatchObject({
      outcome: 'delivered',
    });
    expect(methodsOf(requests)).toEqual(['sendMessage', 'sendPhoto']);
  });

  it('sends no picture where the words were not taken', async () => {
    const { url, requests } = await server(() => ({ status: 502 }));
    expect(await telegramTo(url, aPicture).deliver(aMessage(), never)).toMatchObject({
      outcome: 'unreachable',
    });
    expect(methodsOf(requests)).toEqual(['sendMessage']);
  });

  it('sends the words alone where there is no picture', async () => {
    const { url, requests } = await server();
    await telegramTo(url, noPicture).deliver(aMessage(), never);
    expect(methodsOf(requests)).toEqual(['sendMessage']);
  });
});

async function mailBy(pictureFor: PictureFor): Promise<string> {
  let mail = '';
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, _session, done) {
      stream.on('data', (chunk: Buffer) => (mail += chunk.toString('utf8')));
      stream.on('end', () => {
        done();
      });
    },
  });
  const port = await listenOn(smtp.server);
  ends.push(
    async () =>
      new Promise((resolve) => {
        smtp.close(() => {
          resolve();
        });
      }),
  );
  const config = {
    channel: 'email',
    host: '127.0.0.1',
    port,
    tls: 'none',
    from: 'a@example.org',
    to: ['b@example.org'],
    login: null,
  } as const;
  expect(await createEmail(config, pictureFor).deliver(aMessage(), never)).toMatchObject({
    outcome: 'delivered',
  });
  return mail;
}

describe('e-mail', () => {
  it('carries the picture inside', async () => {
    const mail = await mailBy(aPicture);
    expect(mail).toContain('Content-Disposition: inline; filename=incident.png');
    expect(mail).toContain(PNG.toString('base64'));
    expect(mail).toContain('YouTube and Facebook are blocked');
  });

  it('goes as words alone where there is none', async () => {
    const mail = await mailBy(noPicture);
    expect(mail).not.toContain('incident.png');
    expect(mail).toContain('YouTube and Facebook are blocked');
  });
});

describe('ntfy and webhooks', () => {
  it('say where the picture is', async () => {
    const { url, requests } = await server();
    await createNtfy({ channel: 'ntfy', url, topic: 'aiqyn', token: null }, postJson).deliver(
      aMessage(),
      never,
    );
    const webhook = { channel: 'webhook', url, secret: new Secret('HUSH') } as const;
    await createWebhook(webhook, postJson, () => EVENING_MS).deliver(aMessage(), never);
    expect(JSON.parse(requests[0]?.body ?? '')).toMatchObject({ attach: CARD });
    expect(JSON.parse(requests[1]?.body ?? '')).toMatchObject({ picture: CARD });
  });
});

describe('createPictureFor(options)', () => {
  async function endless(): Promise<never> {
    return new Promise(() => undefined);
  }
  function pictureFor(paint: () => Promise<Buffer>, sleep: () => Promise<void>): PictureFor {
    return createPictureFor({ paint, sleep, log: silentLog });
  }
  async function atOnce(): Promise<void> {
    return Promise.resolve();
  }

  it('gives what was painted in time', async () => {
    expect(await pictureFor(aPicture, endless)(aMessage(), never)).toBe(PNG);
  });

  it.each([
    { because: 'painting takes too long', paint: endless, sleep: atOnce, message: aMessage() },
    {
      because: 'painting fails',
      paint: async () => Promise.reject(new Error('no font')),
      sleep: endless,
      message: aMessage(),
    },
    {
      because: 'only the scope changed',
      paint: aPicture,
      sleep: endless,
      message: aMessage({ change: 'amended', number: 1 }),
    },
  ])('gives none where $because', async ({ paint, sleep, message }) => {
    expect(await pictureFor(paint, sleep)(message, never)).toBeNull();
  });
});

describe('paintingOf(painter, world)', () => {
  it('is a picture of 1200 × 630 of the incident in the store', async () => {
    const store = await aFilledStore();
    const world = { store, catalog: aCatalog(), clock: new ManualClock(EVENING_MS), language: 'en' } as const;
    const png = await paintingOf(new Painter(), world)('platform_block-youtube-1');
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([1_200, 630]);
    await expect(paintingOf(new Painter(), world)(aSubject().id)).rejects.toThrow(/no incident/);
  });
});
