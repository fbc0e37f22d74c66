/**
 * A signed POST of JSON. `aiqyn-signature` is `t=<seconds>,v1=<hex>`: HMAC-SHA256 of `<seconds>.<body>` under the shared
 * secret. `idempotency-key` is the same for each try of a message, so that a receiver can drop what it had.
 */
import { createHmac } from 'node:crypto';
import type { PostJson } from '../../../probes/net/post-json.ts';
import type { ChannelConfig } from '../../config/alerts-config.ts';
import type { AlertMessage, Channel } from '../channel.ts';
import { deliveryOf, post } from './post.ts';

type WebhookConfig = Extract<ChannelConfig, { channel: 'webhook' }>;

function iso(atMs: number): string {
  return new Date(atMs).toISOString();
}

function bodyOf({ key, kind, route, subject, title, body, url, pictureUrl, atMs }: AlertMessage): object {
  const common = { key, kind, route, at: iso(atMs), title, text: body, url, picture: pictureUrl };
  if (subject === null) return { ...common, incident: null };
  const { startMs, endMs, ...rest } = subject;
  return { ...common, incident: { ...rest, start: iso(startMs), end: endMs === null ? null : iso(endMs) } };
}

/** The value of `aiqyn-signature`. */
export function signatureOf(secret: string, seconds: number, body: string): string {
  return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`;
}

/** @param nowMs the real time of each try: a receiver refuses what is old. */
export function createWebhook(config: WebhookConfig, send: PostJson, nowMs: () => number): Channel {
  return {
    async deliver(message, signal) {
      const body = bodyOf(message);
      const seconds = Math.floor(nowMs() / 1_000);
      const headers = {
        'aiqyn-signature': signatureOf(config.secret.reveal(), seconds, JSON.stringify(body)),
        'idempotency-key': message.key,
      };
      const answer = await post(send, { url: config.url, headers, body }, signal);
      return deliveryOf(answer, null);
    },
  };
}
