/**
 * Takes IP addresses out of texts that others wrote: a server or a block page may tell our own address back to us, in any
 * spelling: plain, in brackets, shortened, with an IPv4 tail, percent-encoded, or with hyphens as in host names.
 */

export const SCRUBBED = '[scrubbed]';

/** Dots, or what stands for them in host names and URLs, the same all through. What goes on after a fourth number is no address. */
const IPV4 =
  /(?<!\d|\d[._-])(\d{1,3})(\.|-|_|%2e|%252e)(\d{1,3})\2(\d{1,3})\2(\d{1,3})(?!\d|(?:\.|-|_|%2e|%252e)[\d.]*\d)/gi;
/** Runs of what an IPv6 address is made of; `isIpv6` decides, so that times of day and hashes stay. */
const IPV6_RUN = /(?:[0-9a-f.]|:|%(?:25)?3a|%(?:25)?2e)+/gi;
/** An IPv6 address has eight groups; a label before it and a port after it may touch it. */
const RUN_GROUPS_MAX = 11;
/** Eight groups with hyphens, or fewer and a pair of hyphens, as in host names. */
const IPV6_HYPHENS = /(?<![0-9a-z])[0-9a-f]{1,4}(?:--?[0-9a-f]{1,4}){3,7}(?![0-9a-z]|-[0-9a-f])/gi;
/** As names of `ip6.arpa` are written: a digit at a time. */
const NIBBLES = /(?<![0-9a-z.])(?:[0-9a-f]\.){31}[0-9a-f](?![0-9a-z])/gi;

/** The text with every IPv4 and IPv6 address replaced by `[scrubbed]`. */
export function scrubAddresses(text: string): string {
  return replaceAddresses(text, () => true);
}

/** The text with this one address, in any spelling of it, replaced by `[scrubbed]`; others stay. */
export function scrubAddress(text: string, address: string): string {
  const wanted = canonical(address);
  return wanted === null ? text : replaceAddresses(text, (found) => canonical(found) === wanted);
}

function replaceAddresses(text: string, isWanted: (address: string) => boolean): string {
  if (!/[.:%_-]/.test(text)) return text;
  return text
    .replace(NIBBLES, (run) => (isWanted(fromNibbles(run)) ? SCRUBBED : run))
    .replace(IPV6_RUN, (run, at: number) => withoutIpv6(run, /\w/.test(text.charAt(at - 1)), isWanted))
    .replace(IPV6_HYPHENS, (run) => {
      const address = run.replaceAll('-', ':');
      return isIpv6(address) && isWanted(address) ? SCRUBBED : run;
    })
    .replace(IPV4, (whole, a: string, _between: string, b: string, c: string, d: string) => {
      const address = [a, b, c, d].join('.');
      return isIpv4(address) && isWanted(address) ? SCRUBBED : whole;
    });
}

function fromNibbles(run: string): string {
  const digits = run.split('.').reverse().join('');
  return (digits.match(/.{4}/g) ?? []).join(':');
}

/** The addresses that `scrubAddresses` would take out, each once, in one spelling. */
export function addressesIn(text: string): string[] {
  const found = new Set<string>();
  replaceAddresses(text, (address) => {
    found.add(canonical(address) ?? address);
    return true;
  });
  return [...found];
}

/**
 * The text without these addresses written as one number, in hex or decimal. Only of addresses that were told in plain: any
 * eight hex digits may be one.
 */
export function scrubNumbers(text: string, addresses: readonly string[]): string {
  const spellings = addresses.flatMap(numbersOf);
  if (spellings.length === 0) return text;
  return text.replace(new RegExp(`(?<![0-9a-f])(?:${spellings.join('|')})(?![0-9a-f])`, 'gi'), SCRUBBED);
}

/** None of a network that no host is in: its numbers are too short to tell anything. */
function numbersOf(address: string): string[] {
  const plain = canonical(address);
  if (plain === null) return [];
  if (plain.includes(':'))
    return [
      plain
        .split(':')
        .map((group) => group.padStart(4, '0'))
        .join(''),
    ];
  const bytes = plain.split('.').map(Number);
  if (bytes[0] === 0) return [];
  const value = bytes.reduce((sum, byte) => sum * 256 + byte, 0);
  return [value.toString(16).padStart(8, '0'), String(value)];
}

/** What follows a word belongs to it up to its first colon: `ip:2001:db8::1` has an address, `std::cafe` has none. */
function withoutIpv6(run: string, isAfterWord: boolean, isWanted: (address: string) => boolean): string {
  const plain = run.replace(/%(?:25)?3a/gi, ':').replace(/%(?:25)?2e/gi, '.');
  const groups = plain.split(':');
  if (groups.length < 3 || groups.length > RUN_GROUPS_MAX) return run;
  for (const from of isAfterWord ? [1] : [0, 1]) {
    const head = from === 0 ? '' : `${groups[0] ?? ''}:`;
    for (const to of [groups.length, groups.length - 1]) {
      const bare = groups.slice(from, to).join(':').replace(/\.+$/, '');
      if (isIpv6(bare) && isWanted(bare))
        return `${head}${SCRUBBED}${plain.slice(head.length + bare.length)}`;
    }
  }
  return run;
}

/** One spelling for all spellings of an address; IPv4 inside IPv6 is IPv4. Null where it is no address. */
function canonical(address: string): string | null {
  if (isIpv4(address)) return address.split('.').map(Number).join('.');
  if (!isIpv6(address)) return null;
  const [head = '', tail] = withHexTail(address.toLowerCase()).split('::');
  const left = groupsOf(head);
  const right = tail === undefined ? [] : groupsOf(tail);
  const middle = Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => 0);
  const groups = tail === undefined ? left : [...left, ...middle, ...right];
  const [high = 0, low = 0] = groups.slice(6);
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff)
    return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.');
  return groups.map((group) => group.toString(16)).join(':');
}

function groupsOf(half: string): number[] {
  return half === '' ? [] : half.split(':').map((group) => Number.parseInt(group, 16));
}

/** `::ffff:192.0.2.1` as `::ffff:c000:201`. */
function withHexTail(address: string): string {
  const at = address.lastIndexOf(':') + 1;
  const tail = address.slice(at);
  if (!isIpv4(tail)) return address;
  const [a = 0, b = 0, c = 0, d = 0] = tail.split('.').map(Number);
  return `${address.slice(0, at)}${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
}

/** Lower-case names of headers that say who asked, and not what was served. */
const PRIVATE_HEADERS: ReadonlySet<string> = new Set([
  'cf-connecting-ip',
  'cookie',
  'forwarded',
  'set-cookie',
  'set-cookie2',
  'true-client-ip',
  'x-client-ip',
  'x-forwarded-for',
  'x-real-ip',
]);

/** Whether a header says who asked, and not what was served. In any case. */
export function isPrivateHeader(name: string): boolean {
  return PRIVATE_HEADERS.has(name.toLowerCase());
}

/** A URL with addresses scrubbed everywhere but in a host that is one, which is where it leads and not who we are. */
export function scrubUrl(url: string, scrub: (text: string) => string = scrubAddresses): string {
  const [, start = '', host = ''] =
    /^([a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?)(\[[^\]]*\]|[^/?#:]*)/i.exec(url) ?? [];
  const shown = isIpAddress(host.replace(/^\[|\]$/g, '')) ? host : scrub(host);
  return scrub(start) + shown + scrub(url.slice(start.length + host.length));
}

export function isIpv4(text: string): boolean {
  const parts = text.split('.');
  return parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255);
}

export function isIpv6(text: string): boolean {
  const halves = text.split('::');
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  const last = groups.at(-1);
  const hasIpv4Tail = last !== undefined && isIpv4(last);
  const plain = hasIpv4Tail ? groups.slice(0, -1) : groups;
  if (!plain.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return false;
  const size = plain.length + (hasIpv4Tail ? 2 : 0);
  return halves.length === 2 ? size < 8 : size === 8;
}

/** Whether the text is an IP address, IPv6 without brackets. */
export function isIpAddress(text: string): boolean {
  return isIpv4(text) || (text.includes(':') && isIpv6(text));
}
