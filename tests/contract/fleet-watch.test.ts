/** An agent learns in the answer to its batch which platforms somebody is live on: over the collector's real door. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../probes/net/clock.ts';
import { openWay } from '../../probes/net/post-json.ts';
import { openChainFile } from '../../src/agent/chain-file.ts';
import { createRemoteUplink } from '../../src/agent/remote-uplink.ts';
import { createFleetServer } from '../../src/collector/fleet-server.ts';
import { createBoxKey } from '../../src/fleet/sealed-box.ts';
import { withTemporaryFolder } from '../support/cli.ts';
import { aState, openDoor } from '../support/fleet.ts';
import { silentLog } from '../support/silent-log.ts';

describe('the answer to a batch', () => {
  it('names the platforms to be looked at closely, and says so when there are none any more', async () => {
    await withTemporaryFolder(async (folder) => {
      const { identity, ...door } = await openDoor(folder);
      let live: ReadonlySet<string> = new Set(['youtube', 'facebook']);
      const server = await createFleetServer({
        ...door,
        boxKey: createBoxKey().key.publicKey,
        clock: systemClock(),
        log: silentLog,
        livePlatforms: () => live,
      });
      const url = await server.listen({ host: '127.0.0.1', port: 0 });
      const told: string[][] = [];
      const way = openWay({});
      const uplink = createRemoteUplink({
        collectors: [url],
        identity,
        chain: await openChainFile(join(folder, 'chain'), identity.keyId, silentLog),
        send: way.send,
        clock: systemClock(),
        log: silentLog,
        signal: new AbortController().signal,
        onWatch: (platforms) => told.push([...platforms]),
      });
      await uplink.deliver([], aState({ atMs: Date.now() }));
      live = new Set();
      await uplink.deliver([], aState({ atMs: Date.now() }));
      expect(told).toEqual([['facebook', 'youtube'], []]);
      await way.close();
      await server.close();
    });
  });
});
