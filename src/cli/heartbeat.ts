/** How often each vantage says that it lives. In a file of its own: an agent must not load a monitor to know it. */
export const HEARTBEAT_MS = 60_000;
