import { describe, expect, it } from 'vitest';
import { QuicTestKeys } from '../../../../probes/measurement.ts';
import { TAG_HARMLESS, TAG_PAIRED } from '../../../../probes/observations.ts';
import type { ControlAnswer, ControlQuestion } from '../../../../probes/probe.ts';
import { probeQuic } from '../../../../probes/quic/probe.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { scriptedNetwork } from '../../../support/scripted-network.ts';
import type { NetworkScript } from '../../../support/scripted-network.ts';

const TIMEOUT = 'generic_timeout_error';
const target = { host: 'target.test', port: 443, paired: 'paired.test' };

async function run(script: NetworkScript, signal = new AbortController().signal, timeoutMs = 30_000) {
  const clock = new ManualClock();
  const { network, steps } = scriptedNetwork(clock, script);
  const questions: ControlQuestion[] = [];
  const control = {
    async ask(question: ControlQuestion): Promise<ControlAnswer> {
      questions.push(question);
      return Promise.resolve({ source: 'live', control: null, failure: null, ageMs: 0 });
    },
  };
  const context = { clock, network, control, harmlessNames: ['one.test', 'two.test'], signal };
  const report = await probeQuic({ target, timeoutMs }, context);
  const rows = QuicTestKeys.parse(report.testKeys).quic_handshakes;
  return { report, steps, rows, questions, quic: steps.filter((step) => step.startsWith('quic')) };
}

function drops(name: string): (serverName: string) => string | null {
  return (serverName) => (serverName === name ? TIMEOUT : null);
}

describe('probeQuic', () => {
  it('shakes hands once where it is answered, and asks nobody else', async () => {
    const { steps, rows, questions, report } = await run({});
    expect(steps).toEqual(['dns target.test', 'quic target.test']);
    expect(questions).toEqual([]);
    expect(rows).toMatchObject([
      {
        network: 'udp',
        address: '192.0.2.1:443',
        server_name: 'target.test',
        failure: null,
        negotiated_protocol: 'h3',
        no_tls_verify: false,
        // A chain that verified is told by its hashes.
        peer_certificates: [],
        x_aiqyn_chain_sha256: ['a'.repeat(64)],
        tags: [],
      },
    ]);
    expect(report.testKeys.tls_handshakes).toEqual([]);
  });

  it('counts what went over UDP', async () => {
    const { report } = await run({});
    expect(report.traffic).toEqual({ sentBytes: 2_430, receivedBytes: 3_660 });
  });

  it('tries the next address when one is silent', async () => {
    const { quic, rows } = await run({
      addresses: ['192.0.2.1', '192.0.2.2'],
      quicFailure: (_, address) => (address === '192.0.2.1' ? TIMEOUT : null),
    });
    expect(quic).toEqual(['quic target.test', 'quic target.test']);
    expect(rows.map(({ address, failure }) => [address, failure])).toEqual([
      ['192.0.2.1:443', TIMEOUT],
      ['192.0.2.2:443', null],
    ]);
  });

  it('looks into a silence: two harmless names and the target again, another host, TCP, the control', async () => {
    const { steps, rows, questions } = await run({ quicFailure: drops('target.test') });
    expect(steps.slice(0, 5)).toEqual([
      'dns target.test',
      'quic target.test',
      'quic one.test',
      'quic target.test',
      'quic two.test',
    ]);
    // The last two are tried side by side.
    expect(steps.slice(5).toSorted()).toEqual([
      'dns paired.test',
      'quic paired.test',
      'tcp 192.0.2.1',
      'tls target.test',
    ]);
    expect(rows.map(({ server_name, no_tls_verify, tags }) => [server_name, no_tls_verify, tags])).toEqual([
      ['target.test', false, []],
      ['one.test', true, ['x_aiqyn_try=1', TAG_HARMLESS]],
      ['target.test', false, ['x_aiqyn_try=2']],
      ['two.test', true, ['x_aiqyn_try=2', TAG_HARMLESS]],
      ['paired.test', false, [TAG_PAIRED]],
    ]);
    expect(questions).toEqual([
      { url: 'https://target.test:443/', endpoints: ['192.0.2.1:443'], quic: true },
    ]);
  });

  it('takes a target that answers again for answered', async () => {
    let asked = 0;
    const { quic } = await run({
      quicFailure: (name) => (name === 'target.test' && ++asked === 1 ? TIMEOUT : null),
    });
    expect(quic.slice(0, 3)).toEqual(['quic target.test', 'quic one.test', 'quic target.test']);
    expect(quic).not.toContain('quic two.test');
  });

  it('keeps a certificate that does not verify whole, and repeats nothing', async () => {
    const { rows, quic } = await run({
      quicFailure: (name) => (name === 'target.test' ? 'ssl_unknown_authority' : null),
    });
    expect(rows[0]).toMatchObject({ peer_certificates: [{ format: 'base64', data: 'AAAA' }] });
    expect(quic).toEqual(['quic target.test', 'quic paired.test']);
  });

  it('gets through all of it within its deadline when nothing ever answers', async () => {
    const { report, rows } = await run({
      addresses: ['192.0.2.1', '192.0.2.2'],
      quicFailure: () => TIMEOUT,
      tcpFailure: () => TIMEOUT,
    });
    expect(report.runtimeMs).toBeLessThanOrEqual(30_000);
    expect(rows.filter(({ tags }) => tags.includes(TAG_PAIRED))).toHaveLength(1);
    expect(rows.filter(({ tags }) => tags.includes(TAG_HARMLESS))).toHaveLength(2);
  });

  it('tries nothing where there is no address', async () => {
    const { quic, questions, report } = await run({ addresses: [] });
    expect({ quic, questions, abort: report.abort }).toEqual({ quic: [], questions: [], abort: null });
  });

  it('marks a run that our shutdown cut, and records no finding of it', async () => {
    const { report, steps, rows } = await run({}, AbortSignal.abort());
    expect(report.abort).toBe('shutdown');
    expect({ steps, rows }).toEqual({ steps: [], rows: [] });
  });
});
