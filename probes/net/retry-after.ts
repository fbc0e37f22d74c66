/** How long a server wants to be left alone, in either form that HTTP has for it (RFC 9110, 10.2.3). */

/** @returns seconds from now of a Retry-After in seconds or as a date; null where there is none, or it is neither. */
export function retryAfterSeconds(header: string | undefined): number | null {
  if (header === undefined) return null;
  if (/^\d{1,6}$/.test(header)) return Number(header);
  const atMs = Date.parse(header);
  return Number.isNaN(atMs) ? null : Math.max(0, Math.ceil((atMs - Date.now()) / 1_000));
}
