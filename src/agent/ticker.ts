/** Port: calls back at the times of a cron expression (UTC). node-cron in production, a hand-turned one in tests and the demo. */
export interface Ticker {
  schedule(cron: string, onTick: () => void): { stop(): void };
}
