/** The time inside a UUIDv7 (RFC 9562, section 5.7): its first 48 bits are UTC epoch milliseconds. */
const UUIDV7 = /^([0-9a-f]{8})-([0-9a-f]{4})-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

/** UTC epoch milliseconds of a UUIDv7; null for anything else. */
export function uuidv7TimeMs(id: string): number | null {
  const match = UUIDV7.exec(id);
  if (match === null) return null;
  return Number.parseInt(`${match[1] ?? ''}${match[2] ?? ''}`, 16);
}
