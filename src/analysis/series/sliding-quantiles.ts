/** The order of the last values: medians and other quantiles of a sliding window, in bounded memory. */
export class SlidingQuantiles {
  private readonly arrived: Float64Array;
  private readonly sorted: Float64Array;
  private head = 0;
  private count = 0;

  constructor(capacity: number) {
    this.arrived = new Float64Array(capacity);
    this.sorted = new Float64Array(capacity);
  }

  get size(): number {
    return this.count;
  }

  /** @param value finite */
  push(value: number): void {
    const { arrived, sorted } = this;
    if (this.count === arrived.length) {
      const out = this.position(arrived[this.head] ?? 0);
      sorted.copyWithin(out, out + 1, this.count);
      this.count -= 1;
    }
    const at = this.position(value);
    sorted.copyWithin(at + 1, at, this.count);
    sorted[at] = value;
    arrived[this.head] = value;
    this.head = (this.head + 1) % arrived.length;
    this.count += 1;
  }

  /** NaN while nothing was pushed. @param share 0 least … 1 greatest */
  quantile(share: number): number {
    if (this.count === 0) return Number.NaN;
    return this.sorted[Math.round(share * (this.count - 1))] ?? Number.NaN;
  }

  /** First place at which the sorted window is not below `value`. */
  private position(value: number): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.sorted[middle] ?? 0) < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
