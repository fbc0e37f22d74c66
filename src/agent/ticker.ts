/** Port: calls back at the times of a cron expression (UTC). The machine's clock in production, a hand-turned one in tests and the demo. */
export interface Ticker {
  schedule(cron: string, onTick: () => void): { stop(): void };
}
