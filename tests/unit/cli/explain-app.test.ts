import { describe, expect, it } from 'vitest';
import { seenOf } from '../../../src/analysis/verdict/apps/seen.ts';
import { judge } from '../../../src/analysis/verdict/judge.ts';
import { explainApp } from '../../../src/cli/explain.ts';
import { appMeasurement, KNOWLEDGE } from '../../support/app-measurements.ts';

describe('explainApp(parts, verdict)', () => {
  it('shows each part with its endpoints, here and at the control, then the verdict and its share', () => {
    const measurement = appMeasurement(
      {
        pages: { works: 'Pages load', fails: 'pages do not load', urls: ['https://pages.test/'] },
        video: {
          works: 'video plays',
          fails: 'video does not',
          urls: ['https://one.test/', 'https://two.test/'],
        },
      },
      {
        'https://one.test/': { tls: 'generic_timeout_error', harmless: null, outside: true },
        'https://two.test/': { tcp: 'connection_refused', outside: true },
      },
    );
    const lines = explainApp(seenOf(measurement.test_keys, []) ?? [], judge(measurement, KNOWLEDGE));
    expect(lines).toEqual([
      'part   endpoint             here                                                control',
      'pages  https://pages.test/  works                                               –',
      'video  https://one.test/    tls: generic_timeout_error (a harmless name works)  works',
      '       https://two.test/    tcp: connection_refused                             works',
      '',
      'It is blocked on this network. (blocked: tcp, refused; confidence 88 %)',
      '  - Pages load; video does not.',
      '  - Endpoints reached: video 0 of 2.',
      '  - connection_refused: https://two.test/.',
      '  - generic_timeout_error: https://one.test/.',
      '  - The control reached what failed here.',
      'Out of reach: 50 %.',
    ]);
  });
});
