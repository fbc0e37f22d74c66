/** The client of the configured control, or null where none is. */
import { postJson } from '../../probes/net/post-json.ts';
import type { PostJson } from '../../probes/net/post-json.ts';
import type { Clock, ControlClient } from '../../probes/probe.ts';
import type { Config } from '../config/config.ts';
import { createControlClient } from '../control/client.ts';

/** A control answers within its own deadline or is taken for unreachable. */
const CONTROL_TIMEOUT_MS = 20_000;

/** `post` is the way to it; the system's where none is given. */
export function controlOf(
  config: Pick<Config, 'control'>,
  clock: Clock,
  post: PostJson = postJson,
): ControlClient | null {
  const { control } = config;
  if (control === null) return null;
  const token = control.token?.reveal();
  return createControlClient({
    url: control.url,
    ...(token === undefined ? {} : { token }),
    timeoutMs: CONTROL_TIMEOUT_MS,
    clock,
    post,
  });
}
