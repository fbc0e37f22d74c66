/** OONI's quality-assurance cases, and real measurements, through the reader and the judge. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { judge } from '../../src/analysis/verdict/judge.ts';
import type { Verdict } from '../../src/analysis/verdict/verdict.ts';
import { readMeasurementFiles } from '../../src/sources/ooni/read.ts';
import { sharedPath } from '../support/shared.ts';
import { NO_KNOWLEDGE } from '../support/web-observations.ts';

const corpus = sharedPath('corpus', 'ooni-web');
const real = sharedPath('corpus', 'ooni-web-real');

async function verdictOf(path: string): Promise<Verdict> {
  const problems: string[] = [];
  for await (const { measurement } of readMeasurementFiles([path], ({ what }) => problems.push(what))) {
    return judge(measurement, NO_KNOWLEDGE);
  }
  throw new Error(`${path}: ${problems.join('; ')}`);
}

function truths(folder: string): { name: string; status: string }[] {
  const [, ...lines] = readFileSync(`${folder}/TRUTH.csv`, 'utf8').trim().split('\n');
  return lines.map((line) => {
    const fields = line.match(/("[^"]*"|[^,]*)(?:,|$)/gu) ?? [];
    const text = fields.map((field) => field.replace(/,$/u, ''));
    return { name: text[0] ?? '', status: text[3] ?? '' };
  });
}

describe.skipIf(corpus === null)('judge(an OONI QA measurement)', () => {
  const cases = corpus === null ? [] : truths(corpus);
  it('has cases to judge', () => {
    expect(cases.length).toBeGreaterThanOrEqual(29);
  });
  it.each(cases)('says $status of $name', async ({ name, status }) => {
    const verdict = await verdictOf(`${corpus ?? ''}/${name}/measurement.json`);
    expect(verdict.status, verdict.reasons.join(' ')).toBe(status);
    expect(verdict.reasons.length).toBeGreaterThan(0);
  });
});

describe.skipIf(real === null)('judge(a real measurement)', () => {
  it.each([
    {
      name: '8844',
      status: 'ok',
      because: 'DoH at a bare address answered under a certificate for that address',
    },
    {
      name: 'firefoxcom',
      status: 'ok',
      because: 'four redirects end at a page under a good certificate, like the control’s',
    },
    {
      name: 'dnsgoogle80',
      status: 'down',
      because: 'port 80 of dns.google is silent for the control as well',
    },
  ])('says $status of $name: $because', async ({ name, status }) => {
    expect((await verdictOf(`${real ?? ''}/${name}/measurement.json`)).status).toBe(status);
  });
});
