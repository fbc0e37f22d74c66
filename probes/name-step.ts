/** The DNS part: which resolvers are asked, and which of their addresses are tried. */
import type { DnsAnswer, LateAnswer } from './observations.ts';
import type { DnsReply, QueryType, ResolvedAddress, Resolution, Resolver } from './network.ts';
import { isIpAddress } from './scrub.ts';
import { isSpecialAddress } from './special-address.ts';
import { countDatagrams, elapsedSeconds, isCutShort, limitsFor, nextTransaction } from './run.ts';
import type { Run } from './run.ts';

/** Addresses tried and asked of the control in one full run, of both families together. */
export const ADDRESSES_MAX = 6;
const IPV6_ADDRESSES_MAX = 2;
const UDP_RESOLVERS_MAX = 4;

/** The system's resolver; a second one only where the first fails or gives an address that is nowhere in the internet. */
export async function findQuickly(
  run: Run,
  hostname: string,
  tags: readonly string[],
  addressesMax: number,
): Promise<string[]> {
  const literal = literalOf(run, hostname);
  if (literal !== null) return [literal];
  const { resolvers } = run.context.network;
  const first = await resolveStep(run, { resolver: resolvers.system, hostname, queryType: 'ANY', tags });
  const second = resolvers.udp[0];
  const isOdd = first.length === 0 || first.some((found) => isSpecialAddress(found.address));
  if (!isOdd || second === undefined) return ipv4First(first).slice(0, addressesMax);
  const other = await resolveStep(run, { resolver: second, hostname, queryType: 'A', tags });
  return interleave([ipv4First(first), ipv4First(other)]).slice(0, addressesMax);
}

/** Every resolver and both families; at most ADDRESSES_MAX of what they say, best first. */
export async function findEverywhere(run: Run, hostname: string, tags: readonly string[]): Promise<string[]> {
  const literal = literalOf(run, hostname);
  if (literal !== null) return [literal];
  const { resolvers } = run.context.network;
  const others: Resolver[] = resolvers.udp.slice(0, UDP_RESOLVERS_MAX);
  if (resolvers.doh !== null) others.push(resolvers.doh);
  const found = await Promise.all([
    resolveStep(run, { resolver: resolvers.system, hostname, queryType: 'ANY', tags }),
    ...others.flatMap((resolver) =>
      (['A', 'AAAA'] as const).map((queryType) => resolveStep(run, { resolver, hostname, queryType, tags })),
    ),
  ]);
  const ipv4 = interleave(found.map((list) => addressesOf(list, 4)));
  const ipv6 = interleave(found.map((list) => addressesOf(list, 6))).slice(0, IPV6_ADDRESSES_MAX);
  return [...ipv4.slice(0, ADDRESSES_MAX - ipv6.length), ...ipv6];
}

/** The address itself where the host is one already (IPv6 with or without brackets); the name where a proxy resolves it. */
function literalOf({ context }: Run, hostname: string): string | null {
  if (context.network.isProxied === true) return hostname;
  const literal = hostname.replace(/^\[|\]$/g, '');
  return isIpAddress(literal) ? literal : null;
}

interface NameQuestion {
  readonly resolver: Resolver;
  readonly hostname: string;
  readonly queryType: QueryType;
  readonly tags: readonly string[];
}

async function resolveStep(run: Run, question: NameQuestion): Promise<readonly ResolvedAddress[]> {
  const limits = limitsFor(run, 'dns');
  if (limits === null) return [];
  const t0 = elapsedSeconds(run);
  const { tags, ...request } = question;
  const resolution = await run.context.network.resolve({ ...request, lateMs: run.manner.lateMs }, limits);
  countDatagrams(run, resolution.traffic);
  if (isCutShort(run, resolution.failure)) return [];
  run.keys.queries.push({
    answers: answersOf(resolution),
    engine: resolution.engine,
    failure: resolution.failure,
    hostname: question.hostname,
    query_type: question.queryType,
    resolver_address: resolution.resolverAddress,
    t0,
    t: elapsedSeconds(run),
    tags: [...tags],
    transaction_id: nextTransaction(run),
    ...(resolution.late.length === 0 ? {} : { x_aiqyn_late_answers: resolution.late.map(lateAnswer) }),
  });
  return resolution.addresses;
}

function answersOf(reply: Pick<Resolution, 'addresses' | 'cnames'>): DnsAnswer[] {
  return [
    ...reply.cnames.map((hostname) => ({ answer_type: 'CNAME', hostname, ttl: null })),
    ...reply.addresses.map(({ family, address, ttl }) =>
      family === 4 ? { answer_type: 'A', ipv4: address, ttl } : { answer_type: 'AAAA', ipv6: address, ttl },
    ),
  ];
}

/** A second reply to the same question; with an injector on the path, the real one. */
function lateAnswer(reply: DnsReply): LateAnswer {
  return {
    elapsed_ms: reply.elapsedMs,
    failure: reply.failure,
    rcode: reply.rcode,
    answers: answersOf(reply),
  };
}

function addressesOf(found: readonly ResolvedAddress[], family: 4 | 6): string[] {
  return found.filter((one) => one.family === family).map((one) => one.address);
}

function ipv4First(found: readonly ResolvedAddress[]): string[] {
  return [...addressesOf(found, 4), ...addressesOf(found, 6)];
}

/** The first of each list, then the second of each, …; each address once. */
function interleave(lists: readonly (readonly string[])[]): string[] {
  const longest = Math.max(0, ...lists.map((list) => list.length));
  const mixed = Array.from({ length: longest }, (_, row) =>
    lists.flatMap((list) => list.slice(row, row + 1)),
  );
  return [...new Set(mixed.flat())];
}
