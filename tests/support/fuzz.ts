/** Seeded malformed inputs into the three places where strangers' bytes are read: files, name servers, certificates. */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { encode, RECURSION_DESIRED } from 'dns-packet';
import { readReply } from '../../probes/net/dns-message.ts';
import { judge } from '../../src/analysis/verdict/judge.ts';
import { toPoint } from '../../src/analysis/verdict/point.ts';
import { STATUSES } from '../../src/analysis/verdict/verdict.ts';
import { loadCatalog } from '../../src/config/catalog-files.ts';
import { buildKnowledge, readCertificate } from '../../src/config/knowledge.ts';
import { packageRoot } from '../../src/config/package-root.ts';
import { adopt } from '../../src/sources/ooni/adopt.ts';
import { parseMeasurement } from '../../src/sources/ooni/read.ts';
import { createTargetFinder } from '../../src/sources/ooni/target.ts';
import { handshake, request, SITE, webMeasurement } from './web-observations.ts';

export interface FuzzResult {
  readonly slowestMs: number;
  /** Inputs that got past all checks to a result. */
  readonly accepted: number;
}

type Random = () => number;

/** Mulberry32: the same seed gives the same numbers in [0, 1). */
function randomOf(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function pick<T>(from: readonly T[], random: Random, otherwise: T): T {
  return from[Math.floor(random() * from.length)] ?? otherwise;
}

/** Raw JSON that takes a value's place. */
const STRANGE: readonly string[] = [
  ...[
    'null',
    'true',
    '-1',
    '1e308',
    '1e999',
    '0.1',
    '""',
    '[]',
    '{}',
    '[[]]',
    '[null]',
    '"\\u0000"',
    '"\\ud800"',
  ],
  ...[
    '{"__proto__":{"failure":"x"}}',
    '{"constructor":1}',
    '["__proto__"]',
    `${'['.repeat(60)}${']'.repeat(60)}`,
  ],
  ...[
    `"${'<title '.repeat(300)}"`,
    `"${'1.'.repeat(800)}"`,
    `"${':a'.repeat(800)}"`,
    '"[::1]:443"',
    '"http://["',
  ],
];

/** Some values of a JSON text replaced by strange ones. */
function withStrangeValues(json: string, random: Random): string {
  const share = random() * 0.05;
  return json.replace(/(?<=:)(?:"[^"]*"|-?\d[\d.e+]*|null|true|false)/gu, (value) =>
    random() < share ? pick(STRANGE, random, value) : value,
  );
}

function withBrokenBytes(bytes: Buffer, random: Random): Buffer {
  const broken = Buffer.from(bytes);
  const flips = 1 + Math.floor(random() * 4);
  for (let flip = 0; flip < flips; flip += 1) {
    broken[Math.floor(random() * broken.length)] = Math.floor(random() * 256);
  }
  return random() < 0.2 ? broken.subarray(0, Math.floor(random() * broken.length)) : broken;
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function requireThat(isSo: boolean, what: string): void {
  if (!isSo) throw new Error(what);
}

function createImporterPath(): (random: Random) => boolean {
  const catalog = loadCatalog();
  const knowledge = buildKnowledge(catalog);
  const options = {
    findTarget: createTargetFinder(catalog),
    country: null,
    blockpagesOf: knowledge.blockpagesOf,
    keepBodies: false,
  };
  const sample = JSON.stringify(
    webMeasurement({
      tls: [handshake(SITE)],
      requests: [request('https://www.example.com/', SITE, { body: '<title>page</title>' })],
      envelope: { probe_ip: '203.0.113.7', probe_asn: 'AS29355' },
    }),
  );
  return (random) => {
    const strange = withStrangeValues(sample, random);
    const line = random() < 0.2 ? withBrokenBytes(Buffer.from(strange), random).toString('utf8') : strange;
    const { measurement } = parseMeasurement(jsonOrNull(line));
    if (measurement === null) return false;
    const adopted = adopt(measurement, options);
    if (adopted.kind !== 'ours') return false;
    const point = toPoint(adopted.measurement, judge(adopted.measurement, knowledge));
    requireThat(STATUSES.includes(point.status), `status ${point.status}`);
    requireThat(point.confidence >= 0 && point.confidence <= 1, `confidence ${point.confidence}`);
    requireThat(point.score >= 0 && point.score <= 1, `score ${point.score}`);
    requireThat(JSON.stringify(adopted.measurement).length > 0, 'no record');
    return true;
  };
}

function createDnsPath(): (random: Random) => boolean {
  const question = { id: 7, hostname: 'www.example.com', type: 'A' } as const;
  const sample = encode({
    type: 'response',
    id: 7,
    flags: RECURSION_DESIRED,
    questions: [{ type: 'A', name: 'www.example.com' }],
    answers: [
      { type: 'CNAME', name: 'www.example.com', data: 'example.com' },
      { type: 'A', name: 'example.com', ttl: 60, data: '192.0.2.1' },
    ],
  });
  return (random) => {
    const reply = readReply(withBrokenBytes(sample, random), question, 1);
    if (reply === null) return false;
    requireThat(
      reply.addresses.every(({ address }) => typeof address === 'string'),
      'an address that is no text',
    );
    requireThat(
      reply.cnames.every((name) => typeof name === 'string'),
      'a name that is no text',
    );
    return true;
  };
}

function createCertificatePath(): (random: Random) => boolean {
  const folder = join(packageRoot(), 'probes', 'catalog', 'interceptors');
  const name = '00309c736dd661da6f1eb24173aa849944c168a43a15bffd192eecfdb6f8dbd2.pem';
  const der = new X509Certificate(readFileSync(join(folder, name))).raw;
  return (random) => {
    const facts = readCertificate(withBrokenBytes(der, random).toString('base64'));
    if (facts === null) return false;
    requireThat(/^[0-9a-f]{64}$/u.test(facts.sha256), 'no hash');
    return true;
  };
}

/** Throws, naming the seed and the input's number, on the first input that is not borne. */
export function fuzz(inputs: number, seed: number): FuzzResult {
  const random = randomOf(seed);
  const paths = [createImporterPath(), createDnsPath(), createCertificatePath()];
  let [slowestMs, accepted] = [0, 0];
  for (let input = 0; input < inputs; input += 1) {
    const startedMs = performance.now();
    try {
      if (paths[input % paths.length]?.(random) === true) accepted += 1;
    } catch (cause) {
      throw new Error(`seed ${seed}, input ${input}: ${String(cause)}`, { cause });
    }
    slowestMs = Math.max(slowestMs, performance.now() - startedMs);
  }
  return { slowestMs, accepted };
}
