import { describe, expect, it } from 'vitest';
import { judge } from '../../../src/analysis/verdict/judge.ts';
import { explain } from '../../../src/cli/explain/explain.ts';
import { KNOWLEDGE } from '../../support/app-measurements.ts';
import {
  CONTROL_REACHES,
  overTcp,
  quicMeasurement,
  quicRow,
  silentName,
} from '../../support/quic-measurements.ts';
import type { QuicRow } from '../../support/quic-measurements.ts';

function lines(rows: readonly QuicRow[], keys: object = {}): string[] {
  const measurement = quicMeasurement(rows, keys, {
    x_aiqyn_target: { id: 'target-quic', platform: 'youtube', probe: 'quic', depth: 'full' },
  });
  return explain('target.test', measurement, judge(measurement, KNOWLEDGE));
}

describe('explain(keys, verdict) of QUIC', () => {
  it('shows each handshake, here and at the control, and that people may notice nothing', () => {
    const rows = [...silentName(), quicRow('paired', null)];
    expect(lines(rows, { ...CONTROL_REACHES, ...overTcp(null) })).toEqual([
      'step                                                                ms    here                                       control',
      'handshake with 192.0.2.1:443 as target.test                         1000  completed, certificate good                –',
      'QUIC handshake with 192.0.2.1:443 as target.test                    3300  no answer in time (generic_timeout_error)  completed',
      'QUIC handshake with 192.0.2.1:443 as harmless.test (harmless name)  3300  answered                                   –',
      'QUIC handshake with 192.0.2.1:443 as target.test                    3300  no answer in time (generic_timeout_error)  completed',
      'QUIC handshake with 192.0.2.1:443 as harmless.test (harmless name)  3300  answered                                   –',
      'QUIC handshake with 198.51.100.7:443 as paired.test (another host)  3300  completed, certificate good                –',
      '',
      'HTTP/3 (QUIC) to target.test is blocked on this network; browsers then go on over TCP: silence after the site’s name is sent. (blocked, quic, sni_drop; confidence 85 %)',
      "  - QUIC under the target's name got no answer, 2 of 2 times.",
      '  - The same address answered under harmless.test.',
      '  - The control completed the handshake at the same address.',
      '  - Over TCP the same name is answered.',
      'The control measured the same target at the same time.',
    ]);
  });

  it('says why no control was asked where QUIC is answered', () => {
    expect(lines([quicRow('target', null)]).slice(-3)).toEqual([
      'target.test answers over HTTP/3 (QUIC). (ok; confidence 90 %)',
      "  - The QUIC handshake under the target's name completed.",
      'The control is asked only where QUIC fails.',
    ]);
  });
});
