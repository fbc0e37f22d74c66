/** What OONI's app tests try, in our parts: its measurements do not say it themselves. Sources: ooni/spec ts-018, -019, -020, -029. */
import type { AppPartAsked } from '../../../../probes/measurement.ts';

function part(id: string, works: string, fails: string, urls: readonly string[], weight = 1): AppPartAsked {
  return { id, works, fails, weight, endpoints: urls.map((url) => ({ url })) };
}

const WHATSAPP_HOSTS = Array.from({ length: 16 }, (_, index) => `e${index + 1}.whatsapp.net`);
const TELEGRAM_ADDRESSES = [
  '149.154.175.50',
  '149.154.167.51',
  '149.154.175.100',
  '149.154.167.91',
  '149.154.171.5',
  '95.161.76.100',
];
const SIGNAL_HOSTS = [
  'textsecure-service.whispersystems.org',
  'chat.signal.org',
  'storage.signal.org',
  'api.directory.signal.org',
  'cdsi.signal.org',
  'cdn.signal.org',
  'cdn2.signal.org',
];
const MESSENGER_HOSTS = [
  'b-api.facebook.com',
  'b-graph.facebook.com',
  'edge-mqtt.facebook.com',
  'star.c10r.facebook.com',
];
const MESSENGER_CDN_HOSTS = ['external.xx.fbcdn.net', 'scontent.xx.fbcdn.net'];

function onPorts(hosts: readonly string[], ports: readonly number[]): string[] {
  return hosts.flatMap((host) => ports.map((port) => `tcp://${host}:${port}`));
}

/** By `test_name`. */
export const OONI_PARTS: ReadonlyMap<string, readonly AppPartAsked[]> = new Map([
  [
    'whatsapp',
    [
      part('registration', 'Accounts can be registered', 'accounts cannot be registered', [
        'https://v.whatsapp.net/v2/register',
      ]),
      part('chat', 'messages pass', 'messages do not pass', onPorts(WHATSAPP_HOSTS, [443, 5222]), 2),
      part('web', 'WhatsApp Web answers', 'WhatsApp Web does not answer', ['https://web.whatsapp.com/']),
    ],
  ],
  [
    'telegram',
    [
      part('chat', 'Messages pass', 'messages do not pass', onPorts(TELEGRAM_ADDRESSES, [443, 80]), 2),
      part('web', 'Telegram Web answers', 'Telegram Web does not answer', ['https://web.telegram.org/']),
    ],
  ],
  [
    'signal',
    [
      part(
        'chat',
        'Messages pass',
        'messages do not pass',
        SIGNAL_HOSTS.map((host) => `https://${host}/`),
        2,
      ),
      part('calls', 'calls can be set up', 'calls cannot be set up', ['https://sfu.voip.signal.org/']),
    ],
  ],
  [
    'facebook_messenger',
    [
      part('chat', 'Messages pass', 'messages do not pass', onPorts(MESSENGER_HOSTS, [443]), 2),
      part('pictures', 'pictures load', 'pictures do not load', onPorts(MESSENGER_CDN_HOSTS, [443])),
      part(
        'calls',
        'the name of the call server resolves',
        'the name of the call server does not resolve',
        ['dns://stun.fbsbx.com'],
        0.5,
      ),
    ],
  ],
]);
