/**
 * The keys that OONI's own app tests write, filled as its specifications say (ts-018 whatsapp, ts-019 facebook_messenger,
 * ts-020 telegram, ts-029 signal), so that its tools can read our files. They say "one success is enough"; our verdicts do
 * not rest on them.
 */
import type { AppFact } from '../kinds.ts';
import type { AppTestKeys } from '../measurement.ts';
import { TAG_ENDPOINT } from '../measurement.ts';

type OoniKeys = Readonly<Record<string, unknown>>;

/** Empty for an app that OONI has no test for. */
export function ooniKeys(testName: AppFact['testName'], keys: AppTestKeys): OoniKeys {
  switch (testName) {
    case 'whatsapp':
      return whatsapp(keys);
    case 'telegram':
      return telegram(keys);
    case 'signal':
      return signal(keys);
    case 'facebook_messenger':
      return messenger(keys);
    case 'aiqyn_app':
      return {};
  }
}

function whatsapp(keys: AppTestKeys): OoniKeys {
  const hosts = new Map<string, boolean>();
  for (const url of urlsOf(keys, 'tcp:')) {
    const { hostname } = new URL(url);
    hosts.set(hostname, (hosts.get(hostname) ?? false) || failureOf(keys, url) === null);
  }
  const blocked = [...hosts].filter(([, isOpen]) => !isOpen).map(([host]) => host);
  return {
    whatsapp_endpoints_status: hosts.size > blocked.length ? 'ok' : 'blocked',
    whatsapp_endpoints_blocked: blocked,
    whatsapp_endpoints_dns_inconsistent: [],
    ...statusKeys('registration_server', failureOf(keys, 'https://v.whatsapp.net/v2/register')),
    ...statusKeys('whatsapp_web', failureOf(keys, 'https://web.whatsapp.com/')),
  };
}

function telegram(keys: AppTestKeys): OoniKeys {
  const isClosed = urlsOf(keys, 'tcp:').every((url) => failureOf(keys, url) !== null);
  return {
    telegram_tcp_blocking: isClosed,
    // No request is posted to the data centres: whether they would answer one is known only where no port opens.
    telegram_http_blocking: isClosed,
    ...statusKeys('telegram_web', failureOf(keys, 'https://web.telegram.org/')),
  };
}

function signal(keys: AppTestKeys): OoniKeys {
  const failures = urlsOf(keys, 'https:').map((url) => failureOf(keys, url));
  return statusKeys('signal_backend', failures.find((failure) => failure !== null) ?? null);
}

const MESSENGER_HOSTS = {
  b_api: 'b-api.facebook.com',
  b_graph: 'b-graph.facebook.com',
  edge: 'edge-mqtt.facebook.com',
  external_cdn: 'external.xx.fbcdn.net',
  scontent_cdn: 'scontent.xx.fbcdn.net',
  star: 'star.c10r.facebook.com',
  stun: 'stun.fbsbx.com',
} as const;

/** Without a table of networks the answers' AS numbers are not known: a name that resolves is not called inconsistent. */
function messenger(keys: AppTestKeys): OoniKeys {
  const told = Object.entries(MESSENGER_HOSTS).map(([word, host]) => {
    const resolved = keys.queries.some((query) => query.hostname === host && query.failure === null);
    const connects = keys.tcp_connect.filter(({ tags }) => tags.includes(`${TAG_ENDPOINT}tls://${host}:443`));
    const isOpen = connects.length === 0 ? null : connects.some(({ status }) => status.success);
    return { word, resolved, isOpen };
  });
  return {
    ...Object.fromEntries(told.map(({ word, resolved }) => [`facebook_${word}_dns_consistent`, resolved])),
    ...Object.fromEntries(told.map(({ word, isOpen }) => [`facebook_${word}_reachable`, isOpen])),
    facebook_dns_blocking: told.some(({ resolved }) => !resolved),
    facebook_tcp_blocking: told.some(({ isOpen }) => isOpen === false),
  };
}

function statusKeys(name: string, failure: string | null): OoniKeys {
  return { [`${name}_status`]: failure === null ? 'ok' : 'blocked', [`${name}_failure`]: failure };
}

function urlsOf(keys: AppTestKeys, protocol: string): string[] {
  const urls = keys.x_aiqyn_parts.flatMap(({ endpoints }) => endpoints.map(({ url }) => url));
  return urls.filter((url) => new URL(url).protocol === protocol);
}

/** Null where the endpoint was reached; otherwise the failure of its furthest step, `unknown_failure` where none was seen. */
function failureOf(keys: AppTestKeys, url: string): string | null {
  const tag = `${TAG_ENDPOINT}${url}`;
  function own<Observation extends { readonly tags: readonly string[] }>(list: readonly Observation[]) {
    return list.filter(({ tags }) => tags.includes(tag));
  }
  const { hostname, protocol } = new URL(url);
  const steps = [
    own(keys.requests).map(({ failure }) => failure),
    protocol === 'https:' ? own(keys.tls_handshakes).flatMap(badOnly) : [],
    protocol === 'https:'
      ? own(keys.tcp_connect).flatMap(({ status }) => status.failure ?? [])
      : own(keys.tcp_connect).map(({ status }) => status.failure),
    keys.queries.filter((query) => query.hostname === hostname).flatMap(badOnly),
  ];
  const last = steps.find((failures) => failures.length > 0) ?? ['unknown_failure'];
  return last.includes(null) ? null : (last[0] ?? null);
}

function badOnly({ failure }: { readonly failure: string | null }): string[] {
  return failure === null ? [] : [failure];
}
