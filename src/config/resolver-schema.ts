/** A resolver as people write it: `9.9.9.9`, `9.9.9.9:53`, `2620:fe::fe` or `[2620:fe::fe]:53`. */
import { isIP } from 'node:net';
import { z } from 'zod';

const DNS_PORT = 53;

/** Comes out as `ip:port`, IPv6 in brackets. */
export const Resolver = z.string().transform((text, context) => {
  const normal = endpointOf(text);
  if (normal !== null) return normal;
  context.addIssue({ code: 'custom', message: 'an address such as 9.9.9.9, 9.9.9.9:53 or [2620:fe::fe]:53' });
  return z.NEVER;
});

function endpointOf(text: string): string | null {
  if (isIP(text) !== 0) return endpoint(text, DNS_PORT);
  const [, host = '', digits = ''] = /^(.+):(\d{1,5})$/.exec(text) ?? [];
  const address = host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
  const port = Number(digits);
  return isIP(address) === 0 || port < 1 || port > 65_535 ? null : endpoint(address, port);
}

function endpoint(address: string, port: number): string {
  return isIP(address) === 6 ? `[${address}]:${port}` : `${address}:${port}`;
}
