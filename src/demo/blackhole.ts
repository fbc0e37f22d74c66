/**
 * A loopback port at which connecting never succeeds and never fails, as behind a box that drops SYN packets.
 *
 * A listening socket whose queue of finished, not yet accepted connections is full makes the kernel ignore further SYNs
 * (tcp(7), listen(2)). Node accepts whatever comes as long as its event loop turns, so the socket is held by a thread that
 * stands still. Linux behaves so for every unprivileged user; no firewall rule is needed.
 */
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import type { Clock } from '../../probes/probe.ts';
import { EnvironmentError } from '../errors.ts';

/** The queue holds BACKLOG + 1 on Linux; elsewhere a few more. */
const BACKLOG = 1;
const FILLERS_MAX = 16;
/** On loopback a connect that succeeds does so in well under a millisecond. */
const FILLER_WAIT_MS = 150;

// JavaScript in a string, because a worker's file would need another name in a checkout than once compiled.
const HOLDER = `
const { parentPort, workerData } = require('node:worker_threads');
const server = require('node:net').createServer();
server.listen({ host: '127.0.0.1', port: 0, backlog: ${BACKLOG} }, () => {
  parentPort.postMessage(server.address().port);
  setImmediate(() => {
    Atomics.wait(new Int32Array(workerData), 0, 0);
    process.exit(0);
  });
});`;

export interface Blackhole {
  readonly port: number;
  stop(): Promise<void>;
}

/** Throws EnvironmentError `NO_BLACKHOLE` where this machine's kernel does not let a connection wait. */
export async function openBlackhole(clock: Pick<Clock, 'sleep'>): Promise<Blackhole> {
  const gate = new SharedArrayBuffer(4);
  const worker = new Worker(HOLDER, { eval: true, workerData: gate });
  const exited = new Promise<void>((resolve) =>
    worker.once('exit', () => {
      resolve();
    }),
  );
  const port = await new Promise<number>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  const fillers: Socket[] = [];

  async function stop(): Promise<void> {
    for (const filler of fillers) filler.destroy();
    const flag = new Int32Array(gate);
    Atomics.store(flag, 0, 1);
    Atomics.notify(flag, 0);
    await exited;
  }

  for (let count = 0; count < FILLERS_MAX; count += 1) {
    const filler = connect({ host: '127.0.0.1', port });
    filler.on('error', () => undefined);
    fillers.push(filler);
    if (!(await connects(filler, clock))) return { port, stop };
  }
  await stop();
  throw new EnvironmentError(
    'NO_BLACKHOLE',
    'this machine accepts connections beyond a full queue, so the demo cannot imitate dropped connections; run it on Linux',
  );
}

async function connects(socket: Socket, clock: Pick<Clock, 'sleep'>): Promise<boolean> {
  const connected = new AbortController();
  socket.once('connect', () => {
    connected.abort();
  });
  await clock.sleep(FILLER_WAIT_MS, connected.signal);
  return connected.signal.aborted;
}
