/** The machine's own resolver, where it can be asked from a line's address. */
import { getServers } from 'node:dns';
import { isIP } from 'node:net';

/** The first configured one as `ip:port`; null where there is only a stub on this machine, which asks by whatever line it likes. */
export function machineResolver(servers: readonly string[] = getServers()): string | null {
  const found = servers.find((server) => !/^(?:127\.|\[?::1\]?(?::|$))/.test(server));
  if (found === undefined) return null;
  if (isIP(found) === 0) return found;
  return isIP(found) === 6 ? `[${found}]:53` : `${found}:53`;
}
