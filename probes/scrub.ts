/** Takes IP addresses out of texts that others wrote: a server or a block page may tell our own address back to us. */

export const SCRUBBED = '[scrubbed]';

const IPV4 = /(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.]*\d)/g;
/** Candidates only; `isIpv6` decides, so that times of day and hashes stay. */
const IPV6_CANDIDATE =
  /(?<![\w:])(?:[0-9a-f]{0,4}:){2,7}(?:[0-9a-f]{1,4}|(?:\d{1,3}\.){3}\d{1,3})?(?![\w:])/gi;

/** The text with every IPv4 and IPv6 address replaced by `[scrubbed]`. */
export function scrubAddresses(text: string): string {
  return text
    .replace(IPV6_CANDIDATE, (candidate) => (isIpv6(candidate) ? SCRUBBED : candidate))
    .replace(IPV4, (candidate) => (isIpv4(candidate) ? SCRUBBED : candidate));
}

/** A URL with addresses scrubbed everywhere but in its host, which is where it leads and not who we are. */
export function scrubUrl(url: string): string {
  const host = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?(?:\[[^\]]*\]|[^/?#:]*)(?::\d+)?/i.exec(url)?.[0] ?? '';
  return host + scrubAddresses(url.slice(host.length));
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
