import { describe, expect, it } from 'vitest';
import { probeApp } from '../../../../probes/app/probe.ts';
import { AppFact } from '../../../../probes/kinds.ts';
import type { ControlQuestion } from '../../../../probes/probe.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { scriptedNetwork } from '../../../support/scripted-network.ts';
import type { NetworkScript } from '../../../support/scripted-network.ts';

const common = {
  id: 'made-up',
  platform: 'youtube',
  probe: 'app',
  name: 'Made up',
  source: 'made up for this test',
} as const;

function part(id: string, ...endpoints: readonly unknown[]) {
  return { id, works: `${id} works`, fails: `${id} fails`, source: 'made up for this test', endpoints };
}

interface Options {
  readonly parts: readonly unknown[];
  readonly script?: NetworkScript;
  readonly testName?: string;
  readonly hasControl?: boolean;
  readonly signal?: AbortSignal;
}

async function run({ parts, script = {}, testName, hasControl = false, signal }: Options) {
  const target = AppFact.parse({ ...common, parts, ...(testName === undefined ? {} : { testName }) });
  const clock = new ManualClock();
  const { network, steps } = scriptedNetwork(clock, script);
  const asked: ControlQuestion[] = [];
  const control = {
    async ask(question: ControlQuestion) {
      asked.push(question);
      return { source: 'none' as const, control: null, failure: 'connection_refused', ageMs: 0 };
    },
  };
  const report = await probeApp(
    { target, timeoutMs: 30_000 },
    {
      clock,
      network,
      control: hasControl ? control : null,
      harmlessNames: ['harmless.test'],
      signal: signal ?? new AbortController().signal,
    },
  );
  return { report, steps, asked, keys: report.testKeys };
}

function dropsPage(name: string): string | null {
  return name === 'page.test' ? 'generic_timeout_error' : null;
}

describe('probeApp', () => {
  it('tries a page, a port, a handshake and a name, each as far as it goes', async () => {
    const { steps } = await run({
      parts: [
        part('all', 'https://page.test/', 'tcp://port.test:5222', 'tls://hand.test:443', 'dns://name.test'),
      ],
    });
    expect([...steps].sort()).toEqual([
      'dns hand.test',
      'dns name.test',
      'dns page.test',
      'dns port.test',
      'http https://page.test/',
      'tcp 192.0.2.1',
      'tcp 192.0.2.1',
      'tcp 192.0.2.1',
      'tls hand.test',
      'tls page.test',
    ]);
  });

  it('says with every observation which part and endpoint it belongs to', async () => {
    const { keys } = await run({
      parts: [part('pages', 'https://page.test/'), part('chat', 'tcp://port.test:443')],
    });
    expect(keys.requests[0]?.tags).toEqual(['part:pages', 'endpoint:https://page.test/']);
    expect(keys.tcp_connect.map(({ tags }) => tags[0])).toEqual(['part:pages', 'part:chat']);
    expect(keys.x_aiqyn_parts).toMatchObject([
      { id: 'pages', works: 'pages works', weight: 1, endpoints: [{ url: 'https://page.test/' }] },
      { id: 'chat', endpoints: [{ url: 'tcp://port.test:443' }] },
    ]);
  });

  it('shows by a harmless name that it is the name that is filtered', async () => {
    const { steps } = await run({
      parts: [part('pages', 'https://page.test/')],
      script: { tlsFailure: dropsPage },
    });
    expect(steps.filter((step) => step.startsWith('tls'))).toEqual(['tls page.test', 'tls harmless.test']);
  });

  it('tries an alternative only where the first is not reached', async () => {
    const parts = [part('api', { url: 'https://page.test/', alternatives: ['https://second.test/'] })];
    expect((await run({ parts })).steps).not.toContain('tls second.test');
    expect((await run({ parts, script: { tlsFailure: dropsPage } })).steps).toContain(
      'http https://second.test/',
    );
  });

  it('asks the server that the redirector names, and keeps neither its answer nor the address in it', async () => {
    const { keys, steps } = await run({
      parts: [
        part('video', { url: 'https://redirector.test/report_mapping', isRead: true, leadsTo: 'video_node' }),
      ],
      script: {
        http: (url) => ({
          response: {
            code: 200,
            headers: { 'x-you': '203.0.113.77' },
            body: new TextEncoder().encode(
              url.includes('report_mapping') ? '203.0.113.77 => isp-ala1 : router: "x"' : 'some bytes',
            ),
            bodySha256: '',
            isBodyTruncated: false,
          },
        }),
      },
    });
    expect(steps).toContain('http https://r1---isp-ala1.googlevideo.com/');
    expect(keys.requests[0]?.response?.x_aiqyn_body_bytes).toBe(10);
    expect(keys.x_aiqyn_parts[0]?.endpoints.map(({ url }) => url)).toContain(
      'https://r1---isp-ala1.googlevideo.com/',
    );
    expect(JSON.stringify(keys)).not.toContain('203.0.113.77');
  });

  it('asks the control about what failed, ports together and never about what works', async () => {
    const { asked, keys } = await run({
      parts: [
        part('pages', 'https://page.test/', 'https://fine.test/'),
        part('chat', 'tcp://192.0.2.9:443', 'tcp://192.0.2.8:443', 'tcp://192.0.2.7:80'),
      ],
      script: {
        tlsFailure: dropsPage,
        addresses: ['93.184.215.14'],
        tcpFailure: (address) => (address === '93.184.215.14' ? null : 'connection_refused'),
      },
      hasControl: true,
    });
    expect(asked).toEqual([
      { url: 'https://page.test/', endpoints: ['93.184.215.14:443'] },
      { url: 'http://192.0.2.9:443/', endpoints: ['192.0.2.9:443', '192.0.2.8:443'] },
      { url: 'http://192.0.2.7:80/', endpoints: ['192.0.2.7:80'] },
    ]);
    expect(keys.x_aiqyn_controls.map(({ failure }) => failure)).toEqual(Array(3).fill('connection_refused'));
  });

  it('asks the control about a name that leads nowhere, though another resolver leads there', async () => {
    const { asked } = await run({
      parts: [part('pages', 'https://page.test/')],
      script: { addresses: ['10.10.34.34'] },
      hasControl: true,
    });
    expect(asked.map(({ url }) => url)).toEqual(['https://page.test/']);
  });

  it('keeps its deadline when everything is met with silence, and calls nothing failed that it did not try', async () => {
    const ports = Array.from({ length: 32 }, (_, n) => `tcp://192.0.2.${n + 1}:443`);
    const { report, keys } = await run({
      parts: [part('chat', ...ports)],
      script: { tcpFailure: () => 'generic_timeout_error' },
    });
    expect(report.runtimeMs).toBeLessThanOrEqual(30_000);
    expect(report.abort).toBeNull();
    expect(keys.tcp_connect.length).toBeGreaterThan(0);
    expect(keys.tcp_connect.every(({ status }) => status.failure === 'generic_timeout_error')).toBe(true);
  });

  it('marks a run that our shutdown cut, and records no finding of it', async () => {
    const { report, steps } = await run({
      parts: [part('a', 'https://page.test/')],
      signal: AbortSignal.abort(),
    });
    expect(report.abort).toBe('shutdown');
    expect(steps).toEqual([]);
  });

  it('marks a bug of its own', async () => {
    const { report } = await run({
      parts: [part('a', 'https://page.test/')],
      script: {
        http: () => {
          throw new RangeError('oops');
        },
      },
    });
    expect(report.abort).toBe('probe_bug');
    expect(report.testKeys.tcp_connect).toHaveLength(1);
  });
});

describe('the keys of OONI’s own tests', () => {
  const chat = ['e1', 'e2'].flatMap((host) =>
    [443, 5222].map((port) => `tcp://${host}.whatsapp.net:${port}`),
  );
  const whatsapp = [
    part('registration', 'https://v.whatsapp.net/v2/register'),
    part('chat', ...chat),
    part('web', 'https://web.whatsapp.com/'),
  ];

  it('whatsapp: ok where one endpoint connects, the others listed', async () => {
    const { keys } = await run({
      testName: 'whatsapp',
      parts: whatsapp,
      script: { tlsFailure: (name) => (name === 'web.whatsapp.com' ? 'connection_reset' : null) },
    });
    expect(keys).toMatchObject({
      whatsapp_endpoints_status: 'ok',
      whatsapp_endpoints_blocked: [],
      whatsapp_endpoints_dns_inconsistent: [],
      registration_server_status: 'ok',
      registration_server_failure: null,
      whatsapp_web_status: 'blocked',
      whatsapp_web_failure: 'connection_reset',
    });
  });

  it('telegram: blocked at TCP only where no data centre connects', async () => {
    const parts = [
      part('chat', 'tcp://149.154.175.50:443', 'tcp://149.154.167.51:80'),
      part('web', 'https://web.telegram.org/'),
    ];
    const oneOpen = await run({
      testName: 'telegram',
      parts,
      script: { tcpFailure: (address) => (address === '149.154.175.50' ? 'connection_refused' : null) },
    });
    expect(oneOpen.keys).toMatchObject({ telegram_tcp_blocking: false, telegram_web_status: 'ok' });
    const allShut = await run({
      testName: 'telegram',
      parts,
      script: { tcpFailure: () => 'connection_refused' },
    });
    expect(allShut.keys).toMatchObject({
      telegram_tcp_blocking: true,
      telegram_http_blocking: true,
      telegram_web_status: 'blocked',
      telegram_web_failure: 'connection_refused',
    });
  });

  it('signal: blocked where any endpoint fails', async () => {
    const parts = [part('chat', 'https://chat.signal.org/', 'https://storage.signal.org/')];
    const { keys } = await run({
      testName: 'signal',
      parts,
      script: { tlsFailure: (name) => (name === 'storage.signal.org' ? 'ssl_unknown_authority' : null) },
    });
    expect(keys).toMatchObject({
      signal_backend_status: 'blocked',
      signal_backend_failure: 'ssl_unknown_authority',
    });
  });

  it('facebook_messenger: names and connects per host, the call server by name only', async () => {
    const { keys } = await run({
      testName: 'facebook_messenger',
      parts: [part('chat', 'tls://edge-mqtt.facebook.com:443'), part('calls', 'dns://stun.fbsbx.com')],
      script: { tlsFailure: () => 'generic_timeout_error' },
    });
    expect(keys).toMatchObject({
      facebook_edge_dns_consistent: true,
      facebook_edge_reachable: true,
      facebook_stun_dns_consistent: true,
      facebook_stun_reachable: null,
      facebook_tcp_blocking: false,
    });
  });
});
