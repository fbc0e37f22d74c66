/** Whether each vantage is in the network that it is declared to be in, as far as control or collector can tell. */
import type { Clock } from '../../../probes/probe.ts';
import { isSameOperator, networksOf } from '../../config/address-networks.ts';
import { openAsnTable } from '../../config/asn-table.ts';
import { loadCatalog } from '../../config/catalog-files.ts';
import type { Config } from '../../config/config.ts';
import type { Log } from '../../log.ts';
import { openLines } from '../lines.ts';
import { askWhereabouts } from '../whereabouts-of.ts';
import type { Check } from './check.ts';
import { ok, warn } from './check.ts';

/** Says nothing of vantages of which nobody can tell. */
export async function checkWhereabouts(config: Config, clock: Clock, log: Log): Promise<Check[]> {
  const catalog = loadCatalog();
  const networkOf = networksOf(catalog, config.asnDb === null ? null : openAsnTable(config.asnDb));
  const lines = openLines(config, { clock, log });
  try {
    const found = await Promise.all(
      config.vantages.map(async ({ id, operator }): Promise<Check[]> => {
        const answer = await askWhereabouts(config, lines.of(id), new AbortController().signal);
        if (answer === null) return [];
        const network = networkOf(answer.address) ?? (answer.asn === null ? null : `AS${answer.asn}`);
        const name = `Network of ${id}`;
        if (network === null) return [ok(name, 'not known: no table at hand has its address')];
        if (isSameOperator(catalog, operator, network)) return [ok(name, network)];
        return [
          warn(
            name,
            `it is in ${network}, and is declared to be in ${operator}: what it measures counts for nobody`,
            'Switch off the VPN, mend the routes of the line, or correct `operator` (and enrol it anew).',
          ),
        ];
      }),
    );
    return found.flat();
  } finally {
    await lines.close();
  }
}
