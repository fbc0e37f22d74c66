/** What others send through the paths that read it: the importer, the DNS decoder, the certificate reader. */
import { X509Certificate } from 'node:crypto';
import { encode } from 'dns-packet';
import { readReply } from '../../probes/net/dns-message.ts';
import { judge } from '../../src/analysis/verdict/judge.ts';
import { toPoint } from '../../src/analysis/verdict/point.ts';
import { STATUSES } from '../../src/analysis/verdict/verdict.ts';
import { loadCatalog } from '../../src/config/catalog-files.ts';
import { buildKnowledge, readCertificate } from '../../src/config/knowledge.ts';
import { adopt } from '../../src/sources/ooni/adopt.ts';
import { parseMeasurement } from '../../src/sources/ooni/read.ts';
import { createTargetFinder } from '../../src/sources/ooni/target.ts';
import { malformedBytes, malformedValue } from './malformed.ts';
import type { Random } from './malformed.ts';
import { createTestCa } from './test-ca.ts';
import { connect, handshake, harmless, lookup, request, SITE, webMeasurement } from './web-observations.ts';

const catalog = loadCatalog();
const knowledge = buildKnowledge(catalog);
const adoption = {
  findTarget: createTargetFinder(catalog),
  country: null,
  blockpagesOf: knowledge.blockpagesOf,
  keepBodies: false,
};
const HOSTNAME = 'www.example.com';
const QUESTION = { id: 7, hostname: HOSTNAME, type: 'A' as const };
const REPLY = encode({
  type: 'response',
  id: QUESTION.id,
  questions: [{ type: 'A', name: HOSTNAME }],
  answers: [
    { type: 'CNAME', name: HOSTNAME, data: 'site.example.com' },
    { type: 'A', name: 'site.example.com', data: SITE, ttl: 60 },
    { type: 'TXT', name: HOSTNAME, data: 'text' },
  ],
});

const VALID: readonly unknown[] = [
  webMeasurement({ tls: [handshake(SITE)], requests: [request('https://www.example.com/', SITE, {})] }),
  webMeasurement({
    queries: [lookup('getaddrinfo', '10.1.1.1')],
    tcp: [connect(SITE, 443, 'connection_reset')],
  }),
  webMeasurement({ tls: [handshake(SITE, 'generic_timeout_error'), harmless(SITE)], control: null }),
  { ...webMeasurement({}), test_name: 'telegram', test_keys: { tcp_connect: [connect(SITE, 443)] } },
  {
    ...webMeasurement({}),
    test_name: 'aiqyn_rings',
    test_keys: { x_aiqyn_ring_checks: [{ ring: 'foreign', name: 'a' }] },
  },
];

export type Path = 'importer' | 'dns' | 'certificate';
export const PATHS: readonly Path[] = ['importer', 'dns', 'certificate'];

/** Takes one malformed input through a path. Throws where the path does, or where what it says is out of its bounds. */
export type Trial = (random: Random) => void;

export async function createTrials(): Promise<Readonly<Record<Path, Trial>>> {
  const ca = await createTestCa('Robustness');
  const leaf = await ca.issue(HOSTNAME);
  const certificates = [ca.pem, leaf.cert].map((pem) => new X509Certificate(pem).raw);
  return {
    importer: importOne,
    dns: (random) => {
      const reply = readReply(malformedBytes(REPLY, random), QUESTION, 1);
      if (reply !== null && reply.addresses.length > 64)
        throw new RangeError('more addresses than the bound');
    },
    certificate: (random) => {
      const der = certificates[Math.floor(random() * certificates.length)] ?? Buffer.alloc(0);
      const facts = readCertificate(malformedBytes(der, random).toString('base64'));
      if (facts !== null && facts.sha256.length !== 64) throw new RangeError('a hash of another length');
    },
  };
}

/** Half of them broken as values, half as text, as a cut or damaged file is. */
function importOne(random: Random): void {
  const valid = VALID[Math.floor(random() * VALID.length)];
  const value = random() < 0.5 ? malformedValue(valid, random) : damagedText(valid, random);
  if (value === undefined) return;
  const { measurement } = parseMeasurement(value);
  if (measurement === null) return;
  const adopted = adopt(measurement, adoption);
  if (adopted.kind !== 'ours') return;
  const verdict = judge(adopted.measurement, knowledge);
  const isSound = STATUSES.includes(verdict.status) && verdict.confidence >= 0 && verdict.confidence <= 1;
  if (!isSound) throw new RangeError(`not a verdict: ${JSON.stringify(verdict)}`);
  toPoint(adopted.measurement, verdict);
}

/** Undefined where the text is no JSON any more: the reader names that line and goes on. */
function damagedText(valid: unknown, random: Random): unknown {
  const text = malformedBytes(Buffer.from(JSON.stringify(valid)), random).toString('utf8');
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}
