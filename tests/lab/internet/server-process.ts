/**
 * Servers of one side of the lab, run inside its namespace: web servers and resolvers. Prints the certificate of its authority
 * as one JSON line when all of them listen, and lives until it is killed. Argument: `home` or `abroad`.
 */
import { createSocket } from 'node:dgram';
import { writeSync } from 'node:fs';
import { createServer } from 'node:net';
import { answerHonestly } from '../../../src/demo/name-server.ts';
import { DNS_PORT, HTTP_PORT } from '../../../src/demo/sites.ts';
import { openWebDoors } from '../../../src/demo/web-doors.ts';
import { HOME_RESOLVERS, isDomestic, RESOLVERS_ABROAD, SITES } from './geography.ts';

/** A recursing resolver is slower than a box on the way, which is why an injected answer comes first. */
const ANSWER_AFTER_MS = 30;

const isHome = process.argv[2] === 'home';
const sites = SITES.filter((site) => isDomestic(site) === isHome);
const doors = await openWebDoors(sites);

for (const { address, ports } of sites) {
  for (const port of ports) {
    const server = createServer({ noDelay: true }, (socket) => {
      socket.on('error', () => undefined);
      if (port === HTTP_PORT) doors.plainHttp(socket, () => 'pass');
      else doors.honestTls(socket);
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, address, resolve);
    });
  }
}

for (const address of isHome ? HOME_RESOLVERS : RESOLVERS_ABROAD) {
  const names = createSocket('udp4');
  names.on('message', (message, from) => {
    const answer = answerHonestly(message, SITES);
    if (answer === null) return;
    setTimeout(() => {
      names.send(answer, from.port, from.address, () => undefined);
    }, ANSWER_AFTER_MS);
  });
  names.on('error', () => undefined);
  await new Promise<void>((resolve) => {
    names.bind(DNS_PORT, address, resolve);
  });
}
writeSync(1, `${JSON.stringify(doors.caPem)}\n`);
