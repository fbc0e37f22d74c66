/** Own measurements for tests of what carries and keeps them; each names only what its test is about. */
import { OwnMeasurement } from '../../probes/measurement.ts';
import { idAt, T0_MS } from './points.ts';

/** A web measurement that started at `atMs`; `n` tells apart those of one millisecond. `body` is kept raw with its hash and length. */
export function aMeasurement(atMs: number = T0_MS, n = 0, body = ''): OwnMeasurement {
  return OwnMeasurement.parse({
    data_format_version: '0.2.0',
    input: 'https://www.youtube.com/',
    measurement_start_time: new Date(atMs).toISOString().slice(0, 19).replace('T', ' '),
    probe_asn: 'AS29355',
    probe_cc: 'KZ',
    software_name: 'aiqyn',
    test_name: 'web_connectivity',
    test_keys: {
      requests: [
        {
          failure: null,
          request: { url: 'https://www.youtube.com/' },
          response: {
            code: 204,
            body,
            x_aiqyn_body_bytes: Buffer.byteLength(body),
            x_aiqyn_body_sha256: 'ab',
            x_aiqyn_body_title: 'Тақырып',
          },
        },
      ],
      x_unknown_key: { kept: ['as', 'it', 'came', null, 1.5] },
    },
    x_aiqyn_id: idAt(atMs, n),
    x_aiqyn_started_at_ms: atMs,
    x_aiqyn_vantage: { id: 'ala-kcell', operator: 'AS29355', place: 'almaty', access: 'mobile' },
    x_aiqyn_target: { id: 'youtube-www', platform: 'youtube', probe: 'web', depth: 'light' },
  });
}
