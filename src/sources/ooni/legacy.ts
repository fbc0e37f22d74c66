/**
 * What old probes wrote, in today's words: failure words of 2012–2019, `failure: false`, and test keys that are
 * lists where objects belong. Applied before the schemas, which know only today's shapes.
 */

const WORDS: ReadonlyMap<string, string> = new Map([
  ['connection_refused_error', 'connection_refused'],
  ['connect_error', 'connection_refused'],
  ['connection_reset_error', 'connection_reset'],
  ['tcp_timed_out_error', 'generic_timeout_error'],
  ['deferred_timeout_error', 'generic_timeout_error'],
  ['task_timed_out', 'generic_timeout_error'],
  ['timeout_error', 'generic_timeout_error'],
  ['dns_lookup_error', 'dns_nxdomain_error'],
  ['dns_name_error', 'dns_nxdomain_error'],
  ['name_error', 'dns_nxdomain_error'],
  ['dns_server_failure', 'dns_servfail_error'],
  ['response_never_received', 'eof_error'],
  ['connection_lost', 'eof_error'],
  ['no_route_to_host', 'host_unreachable'],
  ['network_unreachable_error', 'network_unreachable'],
]);

/** Today's word for a failure; words of today stay. */
export function currentWord(failure: string): string {
  return WORDS.get(failure) ?? (failure.startsWith('socks_') ? 'unknown_failure: socks' : failure);
}

/** Deeper than any measurement; what lies below is left as it is. */
const DEPTH_MAX = 12;

/**
 * The same with every failure in today's words, and null where `false` was meant: a copy where there was one of old,
 * else the very value. Bodies and headers are not entered.
 * The control's own words (`dns_name_error`) stay: its test helper writes them to this day.
 */
export function modernised(value: unknown, depth = 0): unknown {
  if (depth > DEPTH_MAX) return value;
  if (Array.isArray(value)) return eachChanged(value, (item) => modernised(item, depth + 1));
  if (typeof value !== 'object' || value === null) return value;
  return keysChanged(value, (key, inner) => modernisedKey(key, inner, depth));
}

/** Today's records, which are nearly all, are not copied. */
function eachChanged(items: readonly unknown[], change: (item: unknown) => unknown): readonly unknown[] {
  const changed = items.map(change);
  return changed.some((item, index) => item !== items[index]) ? changed : items;
}

function keysChanged(value: object, change: (key: string, inner: unknown) => unknown): object {
  let copy: Record<string, unknown> | null = null;
  for (const [key, inner] of Object.entries(value)) {
    const now = change(key, inner);
    // Assigned, `__proto__` would become the copy's prototype.
    if (now === inner || key === '__proto__') continue;
    copy ??= { ...value };
    copy[key] = now;
  }
  return copy ?? value;
}

const UNTOUCHED = new Set([
  'headers',
  'headers_list',
  'body',
  'answers',
  'peer_certificates',
  'network_events',
]);

function modernisedKey(key: string, inner: unknown, depth: number): unknown {
  if (key === 'failure' || key.endsWith('_failure')) return modernFailure(inner);
  if (key === 'control') return withoutFalse(inner, depth + 1);
  return UNTOUCHED.has(key) ? inner : modernised(inner, depth + 1);
}

function modernFailure(failure: unknown): unknown {
  if (failure === false || failure === '') return null;
  return typeof failure === 'string' ? currentWord(failure) : failure;
}

function withoutFalse(value: unknown, depth: number): unknown {
  if (depth > DEPTH_MAX || typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return keysChanged(value, (key, inner) =>
    key === 'failure' && inner === false ? null : withoutFalse(inner, depth + 1),
  );
}
