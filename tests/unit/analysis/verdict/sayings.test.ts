/** Reasons are read again as they were recorded, whatever rule wrote them; what no rule says any more is found here. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { judge } from '../../../../src/analysis/verdict/judge.ts';
import { readReason, SAYINGS } from '../../../../src/analysis/verdict/sayings.ts';
import { NETWORK_CASES } from '../../../support/verdict-cases-network.ts';
import { PAGE_CASES } from '../../../support/verdict-cases-page.ts';
import { NO_KNOWLEDGE, webMeasurement } from '../../../support/web-observations.ts';

const TROUBLE: ReadonlySet<string> = new Set(['blocked', 'throttled', 'intercepted']);
const verdicts = [...NETWORK_CASES, ...PAGE_CASES].map(({ spec }) =>
  judge(webMeasurement(spec), NO_KNOWLEDGE),
);

/** The sources of the rules, with what is filled in taken out. */
function sources(): string {
  const folder = join(import.meta.dirname, '../../../../src');
  return ['analysis', 'collector']
    .flatMap((part) =>
      readdirSync(join(folder, part), { recursive: true, encoding: 'utf8' }).map((file) => join(part, file)),
    )
    .filter((file) => file.endsWith('.ts') && !file.endsWith('sayings.ts'))
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .join('\n');
}

/** What stands between the blanks and where rules join pieces, as far as it tells a sentence from others. */
function literals(text: string): string[] {
  return text
    .split(/\{\w+\}|\b(?:after|was|got|get|is|address|works|hop)\b|[;:,]| nor |(?= the known )/)
    .map((piece) => piece.trim())
    .filter((piece) => piece.length > 8);
}

describe('reasons of verdicts', () => {
  it('of web pages in trouble are read, but for those that list what differs', () => {
    const reasons = verdicts.filter(({ status }) => TROUBLE.has(status)).flatMap((one) => one.reasons);
    const unread = reasons.filter((reason) => readReason(reason) === null);
    expect(unread.filter((reason) => !reason.includes(' showed another page than the control’s '))).toEqual(
      [],
    );
    expect(reasons.length).toBeGreaterThan(30);
  });

  it('are all still said by somebody', () => {
    const seen = new Set(
      verdicts
        .flatMap((one) => one.reasons.flatMap((reason) => readReason(reason) ?? []))
        .map((one) => one.code),
    );
    const text = sources();
    const lost = Object.entries(SAYINGS).filter(
      ([code, saying]) =>
        ![...seen].some((known) => known === code) &&
        !literals(saying).every((piece) => text.includes(piece)),
    );
    expect(lost.map(([code]) => code)).toEqual([]);
  });

  it.each([
    [
      'The handshake with 192.0.2.1:443 under the name www.example.com got no answer after 5.0 s; under example.org it was answered.',
      [
        {
          code: 'pair_silent_after',
          values: { place: '192.0.2.1:443', host: 'www.example.com', seconds: '5.0', names: 'example.org' },
        },
      ],
    ],
    [
      'Packets to the blocked address get as far as hop 7, whose network is not known; those to one that works arrive there by way of AS9198, AS3356; the ways part after AS9198.',
      [
        { code: 'path_hop', values: { hop: '7' } },
        { code: 'path_works_via', values: { networks: 'AS9198, AS3356' } },
        { code: 'path_parts', values: { network: 'AS9198' } },
      ],
    ],
    [
      'The page came at 3.1 to 4.0 kB/s, the paired one at 500.0 to 620.5 kB/s on the same network.',
      [{ code: 'paired_rates', values: { ours: '3.1 to 4.0 kB/s', theirs: '500.0 to 620.5 kB/s' } }],
    ],
    [
      'The chain shown has the SHA-256 aa, bb, its leaf signed by C=KZ, CN=Forger.',
      [{ code: 'chain_signed', values: { hashes: 'aa, bb', issuer: 'C=KZ, CN=Forger' } }],
    ],
    ['No heartbeat from ala-kcell.', [{ code: 'no_heartbeat', values: { vantage: 'ala-kcell' } }]],
  ])('%s', (reason, sayings) => {
    expect(readReason(reason)).toEqual(sayings);
  });

  it.each(['', 'Something else.', 'x; y.', 'The control reached the target. '.repeat(100)])(
    'are left alone where they are not known: %s',
    (reason) => {
      expect(readReason(reason)).toBeNull();
    },
  );
});
