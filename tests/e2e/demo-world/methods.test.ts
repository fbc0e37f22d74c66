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
const OFFLINE = { 'web, light': 'offline: network', 'web, full': 'offline: network' };

function block(method: string, verdict: string): Row {
  return {
    what: `block by \`${method}\``,
    action: `do: block, method: ${method}, ${ON_YOUTUBE}`,
    expected: { rings: 'online', 'web, light': verdict, 'web, full': verdict },
  };
}

const ROWS: readonly Row[] = [
  block('sni_drop', 'blocked: tls, sni_drop'),
  block('sni_reset', 'blocked: tls, sni_reset'),
  block('drop', 'blocked: tcp, drop'),
  block('reset', 'blocked: tls, reset'),
  block('refused', 'blocked: tcp, refused'),
  block('nxdomain', 'blocked: dns, nxdomain'),
  block('bogon', 'blocked: dns, bogon'),
  block('injected_answer', 'blocked: dns, injected_answer'),
  block('blockpage', 'blocked: tls, blockpage'),
  {
    what: 'interception with a forged certificate',
    action: `do: intercept, ${ON_YOUTUBE}`,
    expected: {
      rings: 'online',
      'web, light': 'intercepted: tls, forged_certificate',
      'web, full': 'intercepted: tls, forged_certificate',
    },
  },
  {
    what: 'throttling to 64 kbit/s',
    action: `do: throttle, kbps: 64, ${ON_YOUTUBE}`,
    expected: { rings: 'online', 'web, light': 'ok', 'web, full': 'throttled: http, stall' },
  },
  {
    what: 'the platform itself is down',
    action: 'do: site_down, platforms: [youtube]',
    expected: { rings: 'online', 'web, light': 'down: tcp', 'web, full': 'down: tcp' },
  },
  {
    what: 'the control is down',
    action: 'do: control_down',
    expected: { rings: 'online', 'web, light': 'ok', 'web, full': 'ok' },
  },
  {
    what: 'only an allow-list passes',
    action: 'do: allow_list, operators: [AS29355]',
    expected: { rings: 'allow_list', ...OFFLINE },
  },
  {
    what: 'everything is cut',
    action: 'do: shutdown, operators: [AS29355]',
    expected: { rings: 'offline', ...OFFLINE },
  },
  {
    what: 'the line loses every packet',
    action: 'do: packet_loss, percent: 41, operators: [AS29355]',
    expected: { rings: 'offline', ...OFFLINE },
  },
];

describe('what each probe kind says', () => {
  const table: { readonly what: string; readonly seen: Seen }[] = [];

  it.each(ROWS)('$what', async ({ what, action, expected }) => {
    const seen = await tryAction(action);
    table.push({ what, seen });
    expect(seen).toEqual(expected);
  });

  it('is what docs/methods.md tells', async () => {
    const path = fileURLToPath(new URL('../../../docs/methods.md', import.meta.url));
    const page = await format(methodsPage(table), { ...(await resolveConfig(path)), parser: 'markdown' });
    expect(table).toHaveLength(ROWS.length);
    await expect(page).toMatchFileSnapshot(path);
  });
});
