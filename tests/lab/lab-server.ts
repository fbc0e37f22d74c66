/**
 * The far end of a lab, run inside its namespace: a name server and one HTTPS server for each name. Prints the authority's
 * certificate as one JSON line when all of them listen, and lives until it is killed.
 * Arguments: the name server's address, then `name=address=shown` for each name, `shown` being what the name server says.
 */
import { createSocket } from 'node:dgram';
import { createServer } from 'node:https';
import { writeSync } from 'node:fs';
import { AUTHORITATIVE_ANSWER, decode, encode } from 'dns-packet';
import { createTestCa } from '../support/test-ca.ts';

const HTTPS_PORT = 443;
const DNS_PORT = 53;
/** More than a transfer reads, so that each is cut at its bound. */
const PAGE = Buffer.alloc(400_000, '<p>A page of ordinary size, as a front page is.</p>\n');

const [nameServer = '', ...described] = process.argv.slice(2);
const sites = described.map((text) => {
  const [name = '', address = '', shown = ''] = text.split('=');
  return { name, address, shown };
});
const authority = await createTestCa('Lab root');

for (const { name, address } of sites) {
  const server = createServer(await authority.issue(name), (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html', 'content-length': PAGE.length }).end(PAGE);
  });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(HTTPS_PORT, address, resolve));
}

const names = createSocket('udp4');
names.on('message', (message, from) => {
  const { id, questions = [] } = decode(message);
  const answers = questions.flatMap(({ name, type }) => {
    const data = type === 'A' ? sites.find((site) => site.name === name)?.shown : undefined;
    return data === undefined ? [] : [{ type: 'A' as const, name, ttl: 60, data }];
  });
  const reply = encode({ type: 'response', id: id ?? 0, flags: AUTHORITATIVE_ANSWER, questions, answers });
  names.send(reply, from.port, from.address);
});
await new Promise<void>((resolve) => {
  names.bind(DNS_PORT, nameServer, resolve);
});
writeSync(1, `${JSON.stringify(authority.pem)}\n`);
