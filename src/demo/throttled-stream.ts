/** A connection whose answers come at a bounded rate, as behind a traffic shaper: the handshake is slow, too. */
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import type { Clock } from '../../probes/probe.ts';

const BITS_PER_BYTE = 8;
/** A shaper lets through small parts often; clients then see bytes trickle and no long pauses. */
const SLICE_MS = 100;
const SLICE_BYTES_MIN = 16;

export class ThrottledStream extends Duplex {
  readonly #socket: Socket;
  readonly #bytesPerMs: number;
  readonly #clock: Pick<Clock, 'sleep'>;
  readonly #closing = new AbortController();

  /** @param first what was already read from the socket. */
  constructor(socket: Socket, kbps: number, clock: Pick<Clock, 'sleep'>, first: Buffer) {
    super({ allowHalfOpen: false });
    this.#socket = socket;
    this.#bytesPerMs = kbps / BITS_PER_BYTE;
    this.#clock = clock;
    if (first.length > 0) this.push(first);
    socket.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) socket.pause();
    });
    socket.once('end', () => this.push(null));
    socket.once('close', () => this.destroy());
    socket.once('error', (error) => this.destroy(error));
    this.on('error', () => undefined);
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: string, callback: (error?: Error | null) => void): void {
    this.#trickle(chunk).then(() => {
      callback();
    }, callback);
  }

  override _final(callback: (error?: Error | null) => void): void {
    this.#socket.end();
    callback();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#closing.abort();
    this.#socket.destroy();
    callback(error);
  }

  async #trickle(chunk: Buffer): Promise<void> {
    const sliceBytes = Math.max(SLICE_BYTES_MIN, Math.floor(this.#bytesPerMs * SLICE_MS));
    for (let at = 0; at < chunk.length; at += sliceBytes) {
      const slice = chunk.subarray(at, at + sliceBytes);
      await this.#clock.sleep(slice.length / this.#bytesPerMs, this.#closing.signal);
      if (this.#socket.destroyed) return;
      this.#socket.write(slice);
    }
  }
}
