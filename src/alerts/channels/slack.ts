/** Incoming webhooks of Slack and Mattermost, which take the same message. They edit nothing, so each change is a message. */
import type { PostJson } from '../../../probes/net/post-json.ts';
import type { ChannelConfig } from '../../config/alerts-config.ts';
import type { Channel } from '../channel.ts';
import { deliveryOf, post } from './post.ts';

type SlackConfig = Extract<ChannelConfig, { channel: 'slack' }>;

/** What would be markup or a mention. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

export function createSlack({ url }: SlackConfig, send: PostJson): Channel {
  return {
    async deliver({ title, body, url: link }, signal) {
      const text = [`*${escaped(title)}*`, escaped(body), ...(link === null ? [] : [link])].join('\n');
      return deliveryOf(await post(send, { url: url.reveal(), body: { text } }, signal), null);
    },
  };
}
