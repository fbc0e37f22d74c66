import { describe, expect, it } from 'vitest';
import { logChanges } from '../../../src/cli/incident-log.ts';
import { anIncident, MINUTE_MS, T0_MS } from '../../support/points.ts';
import { createRecordingLog } from '../../support/silent-log.ts';
import { aTestimony } from '../../support/testimonies.ts';

describe('the log of incidents', () => {
  it('has a line for each change that somebody would act on, and none for what a witness counts meanwhile', () => {
    const { log, lines } = createRecordingLog();
    const tell = logChanges(log);
    const incident = anIncident({ confidence: 0.9 });
    for (const extreme of [12, 11, 9]) {
      const witnessed = { alone: 0.88, speaking: [aTestimony({ extreme })], silent: [] };
      tell([{ ...incident, witnessed }], []);
    }
    tell([{ ...incident, confidence: 0.92 }], []);
    tell([{ ...incident, confidence: 0.92, endMs: T0_MS + MINUTE_MS, status: 'restored' }], []);
    tell([], [incident.id]);
    tell([incident], []);
    expect(lines.map(({ fields, message }) => [message, fields])).toMatchObject([
      ['An incident changed.', { confidence: 0.9 }],
      ['An incident changed.', { confidence: 0.92, end: null }],
      ['An incident changed.', { end: '2026-03-01T00:01:00.000Z' }],
      ['An incident was taken back: later data explained it otherwise.', { id: 'incident-1' }],
      ['An incident changed.', { confidence: 0.9 }],
    ]);
  });
});
