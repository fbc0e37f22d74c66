/** How paths are followed from a vantage, as the configuration says; null where they are not. */
import type { Catalog } from '../../probes/catalog.ts';
import { openPathTool, PACKET_BYTES } from '../../probes/net/path-tools.ts';
import { systemClock } from '../../probes/net/clock.ts';
import type { AsnOf } from '../../probes/path/trace.ts';
import type { PlannedTarget } from '../../probes/plan.ts';
import { addressNumber, parsePrefix } from '../../probes/prefix.ts';
import type { PathFollowerOptions } from '../agent/path-follower.ts';
import { openAsnTable } from '../config/asn-table.ts';
import type { Config } from '../config/config.ts';

export function pathFollowingOf(
  config: Pick<Config, 'paths'>,
  vantage: { readonly localAddress?: string | undefined },
  catalog: Catalog,
  targets: readonly PlannedTarget[],
): PathFollowerOptions | null {
  const { enabled, perQuarterHour, asnTableFile } = config.paths;
  if (!enabled) return null;
  return {
    openTracer: async () => openPathTool({ localAddress: vantage.localAddress }),
    asnOf: networksOf(catalog, asnTableFile),
    perQuarterHour,
    control: targets.find(({ platform, probe }) => platform === 'control' && probe === 'web') ?? null,
    packetBytes: PACKET_BYTES,
    clock: systemClock(),
  };
}

/** By the catalogue's prefixes, then by the table where there is one. */
function networksOf({ prefixes }: Pick<Catalog, 'prefixes'>, tableFile: string | undefined): AsnOf {
  const table = tableFile === undefined ? null : openAsnTable(tableFile);
  const owned = prefixes.flatMap(({ operator, cidrs }) =>
    cidrs.flatMap((cidr) => {
      const prefix = parsePrefix(cidr);
      return typeof prefix === 'string' ? [] : [{ ...prefix, operator }];
    }),
  );
  return (address) => {
    const number = addressNumber(address);
    if (number !== null) {
      const owner = owned.find(({ first, last }) => number >= first && number <= last);
      if (owner !== undefined) return owner.operator;
    }
    const asn = table?.(address) ?? null;
    return asn === null ? null : `AS${asn}`;
  };
}
