/** One thing that `aiqyn store init` does. */
export interface Step {
  /** For people: what it is for. */
  readonly why: string;
  /** What is sent: InfluxQL, Flux, or a request in words. */
  readonly what: string;
  readonly run: () => Promise<void>;
}
