/** Takes exactly so many bytes, one time after the other, from pieces of any size. */
export class BytesReader {
  readonly #pieces: AsyncIterator<Buffer>;
  #held: Buffer[] = [];
  #heldBytes = 0;

  constructor(pieces: AsyncIterable<Buffer>) {
    this.#pieces = pieces[Symbol.asyncIterator]();
  }

  /** Fewer only where the pieces end. */
  async upTo(bytes: number): Promise<Buffer> {
    while (this.#heldBytes < bytes) {
      const next = await this.#pieces.next();
      if (next.done === true) break;
      this.#held.push(next.value);
      this.#heldBytes += next.value.length;
    }
    const all = Buffer.concat(this.#held);
    const taken = all.subarray(0, bytes);
    const rest = all.subarray(bytes);
    this.#held = rest.length === 0 ? [] : [rest];
    this.#heldBytes = rest.length;
    return taken;
  }
}
