/** ntfy: a push to everybody who follows a topic. It edits nothing, so each change is a message. */
import type { PostJson } from '../../../probes/net/post-json.ts';
import type { ChannelConfig } from '../../config/alerts-config.ts';
import type { Channel } from '../channel.ts';
import { bearer, deliveryOf, post } from './post.ts';

const HIGH = 4;
const NORMAL = 3;

type NtfyConfig = Extract<ChannelConfig, { channel: 'ntfy' }>;

export function createNtfy({ url, topic, token }: NtfyConfig, send: PostJson): Channel {
  return {
    async deliver({ kind, title, body, url: click, pictureUrl }, signal) {
      const priority = kind === 'opened' || kind === 'reopened' ? HIGH : NORMAL;
      const message = {
        topic,
        title,
        message: body,
        priority,
        ...(click === null ? {} : { click }),
        // The server fetches nothing: the reader's phone does.
        ...(pictureUrl === null ? {} : { attach: pictureUrl, filename: 'incident.png' }),
      };
      return deliveryOf(await post(send, { url, headers: bearer(token), body: message }, signal), null);
    },
  };
}
