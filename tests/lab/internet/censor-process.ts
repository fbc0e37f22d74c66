/**
 * What a middlebox runs beside its packet filter, inside its own namespace. Prints a line when it listens, and lives until it is
 * killed. Arguments: `intercept <ip> (<port>=<address>)…`, a TLS proxy that shows certificates of its own and leads on to the
 * address behind each port; or `answer <false address|nxdomain> <ip:port>…`, a resolver that says the same of every name.
 */
import { createSocket } from 'node:dgram';
import { writeSync } from 'node:fs';
import { connect, createSecureContext, createServer } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { decode, encode, RECURSION_AVAILABLE, RECURSION_DESIRED } from 'dns-packet';
import { createTestCa } from '../../support/test-ca.ts';

const HTTPS_PORT = 443;
const RCODE_NXDOMAIN = 3;
const TTL_SECONDS = 60;

async function intercept(ip: string, doors: readonly string[]): Promise<void> {
  const forger = await createTestCa('Lab interception authority');
  const forged = new Map<string, Awaited<ReturnType<typeof forger.issue>>>();
  async function contextOf(name: string) {
    const known = forged.get(name) ?? (await forger.issue(name));
    forged.set(name, known);
    return createSecureContext(known);
  }
  const fallback = await forger.issue('unnamed.invalid');
  for (const [port = '', address = ''] of doors.map((door) => door.split('='))) {
    const server = createServer(
      {
        ...fallback,
        SNICallback: (name, done) => {
          contextOf(name).then(
            (context) => {
              done(null, context);
            },
            (error: unknown) => {
              done(error instanceof Error ? error : new Error(String(error)));
            },
          );
        },
      },
      (socket) => {
        leadOn(socket, address);
      },
    );
    server.on('tlsClientError', () => undefined);
    await new Promise<void>((resolve) => server.listen(Number(port), ip, resolve));
  }
}

/** What the client says goes to the true server, read on the way; a proxy does not tell its client whom it trusts. */
function leadOn(client: TLSSocket, address: string): void {
  const servername = client.servername === false ? '' : (client.servername ?? '');
  const onward = connect({ host: address, port: HTTPS_PORT, servername, rejectUnauthorized: false });
  for (const [one, other] of [
    [client, onward],
    [onward, client],
  ] as const) {
    one.on('error', () => other.destroy());
    one.pipe(other);
  }
}

async function answer(say: string, places: readonly string[]): Promise<void> {
  for (const [ip = '', port = ''] of places.map((place) => place.split(':'))) {
    const socket = createSocket('udp4');
    socket.on('error', () => undefined);
    socket.on('message', (message, from) => {
      socket.send(answerTo(message, say), from.port, from.address, () => undefined);
    });
    await new Promise<void>((resolve) => {
      socket.bind(Number(port), ip, resolve);
    });
  }
}

function answerTo(message: Buffer, say: string): Buffer {
  const { id = 0, questions = [] } = decode(message);
  const isUnknown = say === 'nxdomain';
  return encode({
    type: 'response',
    id,
    flags: RECURSION_DESIRED | RECURSION_AVAILABLE | (isUnknown ? RCODE_NXDOMAIN : 0),
    questions,
    answers: questions.flatMap(({ name, type }) =>
      isUnknown || type !== 'A' ? [] : [{ type: 'A' as const, name, ttl: TTL_SECONDS, data: say }],
    ),
  });
}

const [what = '', first = '', ...rest] = process.argv.slice(2);
if (what === 'intercept') await intercept(first, rest);
else await answer(first, rest);
writeSync(1, 'listening\n');
