/**
 * Telegram's Bot API. The incident's first message is edited as the incident goes on, which rings nobody's phone; that it
 * is over, back or taken back is also a reply to it, which does. A picture follows the words as a silent reply: the words never
 * wait for it, and a picture that Telegram does not take is not sent again.
 */
import { z } from 'zod';
import type { JsonAnswer, PostJson, SendPlain } from '../../../probes/net/post-json.ts';
import type { ChannelConfig } from '../../config/alerts-config.ts';
import type { AlertMessage, Channel, Delivery } from '../channel.ts';
import type { PictureFor } from '../picture.ts';
import { multipart } from './multipart.ts';
import { deliveryOf, post } from './post.ts';

/** The API's bound on a message. */
const TEXT_CHARACTERS_MAX = 4_096;
const PICTURE_TIMEOUT_MS = 15_000;

const Answer = z.object({
  description: z.string().optional(),
  parameters: z.object({ retry_after: z.number().nonnegative().optional() }).optional(),
  result: z.object({ message_id: z.int() }).optional().catch(undefined),
});

type TelegramConfig = Extract<ChannelConfig, { channel: 'telegram' }>;

function textOf({ title, body, url }: AlertMessage): string {
  const text = [title, body, ...(url === null ? [] : [url])].join('\n\n');
  return text.length <= TEXT_CHARACTERS_MAX ? text : `${text.slice(0, TEXT_CHARACTERS_MAX - 1)}…`;
}

function read(answer: JsonAnswer) {
  const parsed = Answer.safeParse(answer.body);
  const { description = '', parameters, result } = parsed.success ? parsed.data : {};
  return { description, afterMs: (parameters?.retry_after ?? 0) * 1_000, id: result?.message_id ?? null };
}

function toDelivery(answer: JsonAnswer, handle: string | null): Delivery {
  const { description, afterMs, id } = read(answer);
  const delivery = deliveryOf(answer, handle ?? (id === null ? null : String(id)));
  if (delivery.outcome === 'delivered') return delivery;
  const reason = description === '' ? delivery.reason : `${delivery.reason}: ${description}`;
  if (delivery.outcome === 'refused') return { outcome: 'refused', reason };
  return { outcome: 'unreachable', reason, afterMs: afterMs > 0 ? afterMs : delivery.afterMs };
}

export interface TelegramWays {
  readonly post: PostJson;
  readonly send: SendPlain;
  readonly pictureFor: PictureFor;
}

export function createTelegram(config: TelegramConfig, ways: TelegramWays): Channel {
  function addressOf(method: string): string {
    return `${config.api.replace(/\/+$/, '')}/bot${config.token.reveal()}/${method}`;
  }
  async function call(method: string, body: object, signal: AbortSignal): Promise<JsonAnswer> {
    return post(ways.post, { url: addressOf(method), body: { chat_id: config.chat, ...body } }, signal);
  }
  async function say(text: string, replyTo: string | null, signal: AbortSignal): Promise<JsonAnswer> {
    const reply =
      replyTo === null
        ? {}
        : { reply_parameters: { message_id: Number(replyTo), allow_sending_without_reply: true } };
    return call('sendMessage', { text, link_preview_options: { is_disabled: true }, ...reply }, signal);
  }
  async function amend(message: AlertMessage, earlier: string, signal: AbortSignal): Promise<Delivery> {
    const edit = {
      message_id: Number(earlier),
      text: textOf(message),
      link_preview_options: { is_disabled: true },
    };
    const answer = await call('editMessageText', edit, signal);
    const { description } = read(answer);
    // A try whose answer was lost had done it.
    const isDone = /message is not modified/i.test(description);
    if (/message (?:to edit not found|can't be edited)/i.test(description))
      return toDelivery(await say(textOf(message), null, signal), null);
    const edited = isDone ? deliveryOf({ ...answer, status: 200 }, earlier) : toDelivery(answer, earlier);
    if (edited.outcome !== 'delivered' || message.kind === 'amended') return edited;
    return toDelivery(await say(message.title, earlier, signal), earlier);
  }
  async function show(message: AlertMessage, replyTo: string, signal: AbortSignal): Promise<void> {
    const bytes = await ways.pictureFor(message, signal);
    if (bytes === null) return;
    const reply = { message_id: Number(replyTo), allow_sending_without_reply: true };
    const fields = {
      chat_id: config.chat,
      disable_notification: 'true',
      reply_parameters: JSON.stringify(reply),
    };
    const file = { name: 'photo', fileName: 'incident.png', type: 'image/png', bytes };
    const { type, body } = multipart(fields, file, message.key);
    const headers = { 'content-type': type };
    const timeoutMs = PICTURE_TIMEOUT_MS;
    await ways.send({ url: addressOf('sendPhoto'), headers, body, timeoutMs }, signal);
  }
  return {
    async deliver(message, signal) {
      const delivery =
        message.earlier === null
          ? toDelivery(await say(textOf(message), null, signal), null)
          : await amend(message, message.earlier, signal);
      if (delivery.outcome === 'delivered' && delivery.handle !== null)
        await show(message, delivery.handle, signal);
      return delivery;
    },
  };
}
