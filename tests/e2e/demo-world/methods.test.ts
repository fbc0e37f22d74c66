/**
 * What each kind of probe says of each thing a censor (or the world) does: real sockets, the control and the rings as in
 * production. docs/methods.md is made of what was seen here: `npx vitest run tests/e2e/demo-world/methods.test.ts -u`.
 */
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { describe, expect, it } from 'vitest';
import { methodsPage } from '../../support/methods-page.ts';
import { tryAction } from './method-trial.ts';
import type { Seen } from './method-trial.ts';

interface Row {
  /** For the table's first column. */
  readonly what: string;
  readonly action: string;
  readonly expected: Seen;
}

const ON_YOUTUBE = 'platforms: [youtube], operators: [AS29355]';

/** What all kinds say alike; `but` names those that say something else. */
function all(rings: string, verdict: string, but: Seen = {}): Seen {
  const alike = { 'web, light': verdict, 'web, full': verdict, app: verdict, ingest: verdict };
  return { rings, ...alike, quic: verdict, throughput: verdict, ...but };
}

/** Throughput says nothing of what it cannot reach: the others do. QUIC passes where only TCP is looked into. */
function block(method: string, verdict: string, { quic = 'ok', throughput = 'inconclusive' } = {}): Row {
  return {
    what: `block by \`${method}\``,
    action: `do: block, method: ${method}, ${ON_YOUTUBE}`,
    expected: all('online', verdict, { quic, throughput }),
  };
}

const ROWS: readonly Row[] = [
  block('sni_drop', 'blocked: tls, sni_drop'),
  block('sni_reset', 'blocked: tls, sni_reset'),
  block('eof', 'blocked: tls, sni_eof'),
  block('drop', 'blocked: tcp, drop', { quic: 'blocked: quic, drop' }),
  block('reset', 'blocked: tls, reset'),
  block('refused', 'blocked: tcp, refused', { quic: 'blocked: quic, refused' }),
  block('nxdomain', 'blocked: dns, nxdomain', { throughput: 'ok' }),
  block('bogon', 'blocked: dns, bogon'),
  block('injected_answer', 'blocked: dns, injected_answer', { quic: 'inconclusive' }),
  block('blockpage', 'blocked: tls, blockpage'),
  {
    what: 'interception with a forged certificate',
    action: `do: intercept, ${ON_YOUTUBE}`,
    expected: all('online', 'intercepted: tls, forged_certificate', {
      quic: 'intercepted: quic, forged_certificate',
      throughput: 'inconclusive',
    }),
  },
  {
    what: 'QUIC dropped by its name, TCP passes',
    action: `do: block_quic, ${ON_YOUTUBE}`,
    expected: all('online', 'ok', { quic: 'blocked: quic, sni_drop' }),
  },
  {
    what: 'UDP to port 443 closed for everybody',
    action: 'do: close_quic, operators: [AS29355]',
    expected: all('online', 'ok', { quic: 'blocked: quic, drop' }),
  },
  {
    what: 'throttling to 32 kbit/s',
    action: `do: throttle, kbps: 32, ${ON_YOUTUBE}`,
    expected: all('online', 'ok', {
      'web, full': 'throttled: http, stall',
      throughput: 'throttled: http, rate_limit',
    }),
  },
  {
    what: 'the platform itself is down',
    action: 'do: site_down, platforms: [youtube]',
    expected: all('online', 'down: tcp', {
      app: 'down',
      ingest: 'down',
      quic: 'inconclusive',
      throughput: 'inconclusive',
    }),
  },
  {
    what: 'the control is down',
    action: 'do: control_down',
    expected: all('online', 'ok'),
  },
  {
    what: 'only an allow-list passes',
    action: 'do: allow_list, operators: [AS29355]',
    expected: all('allow_list', 'offline: network'),
  },
  {
    what: 'everything is cut',
    action: 'do: shutdown, operators: [AS29355]',
    expected: all('offline', 'offline: network'),
  },
  {
    what: 'the line loses every packet',
    action: 'do: packet_loss, percent: 41, operators: [AS29355]',
    expected: all('offline', 'offline: network'),
  },
];

describe('what each probe kind says', () => {
  const seenOf = new Map<string, Seen>();

  // Mostly waiting for deadlines: two rows at once, each in a world of its own; a machine that is busy meanwhile gets another try.
  it.concurrent.each(ROWS)('$what', { timeout: 120_000, retry: 2 }, async ({ what, action, expected }) => {
    const seen = await tryAction(action);
    seenOf.set(what, seen);
    expect(seen).toEqual(expected);
  });

  it('is what docs/methods.md tells', async () => {
    const path = fileURLToPath(new URL('../../../docs/methods.md', import.meta.url));
    const table = ROWS.map(({ what }) => ({ what, seen: seenOf.get(what) ?? {} }));
    const page = await format(methodsPage(table), { ...(await resolveConfig(path)), parser: 'markdown' });
    await expect(page).toMatchFileSnapshot(path);
  });
});
