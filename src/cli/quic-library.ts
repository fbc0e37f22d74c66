/** Whether this machine has a build of the QUIC library, and what becomes of a plan where it has not. */
import { loadQuic, QuicUnavailableError } from '../../probes/net/load-quic.ts';
import type { PlannedTarget } from '../../probes/plan.ts';
import { EnvironmentError } from '../errors.ts';
import type { Log } from '../log.ts';

/** @throws EnvironmentError `QUIC_UNAVAILABLE`, which names the platforms that have a build. */
export async function requireQuic(load: typeof loadQuic = loadQuic): Promise<void> {
  try {
    await load();
  } catch (error) {
    if (!(error instanceof QuicUnavailableError)) throw error;
    throw new EnvironmentError('QUIC_UNAVAILABLE', error.message, { cause: error });
  }
}

/** The targets that this machine can measure: a monitor goes on without QUIC, and says so once. Loads nothing where none is asked for. */
export async function withoutUnavailable(
  targets: readonly PlannedTarget[],
  log: Pick<Log, 'warn'>,
  load: typeof loadQuic = loadQuic,
): Promise<readonly PlannedTarget[]> {
  const others = targets.filter(({ probe }) => probe !== 'quic');
  if (others.length === targets.length) return targets;
  try {
    await requireQuic(load);
    return targets;
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    log.warn(
      { code: error.code, leftOut: targets.length - others.length },
      `${error.message}; the plan's QUIC targets are left out.`,
    );
    return others;
  }
}
