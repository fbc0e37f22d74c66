/**
 * What a run costs on the wire at the worst, in bytes of IP packets both ways, as `npm run bench -- round` measured it: a line of
 * 20 Mbit/s, chains of 4.5 kB, six addresses for each name, pages of 600 kB that are not compressed.
 */
import { SCHEDULED_KINDS } from '../../probes/kinds.ts';
import type { Plan, PlannedTarget } from '../../probes/plan.ts';
import type { Counted, Rounds } from '../bench/round-cost.ts';

/** Of the dearest plan, but for full fetches, which depend on what is read of a body. QUIC: a run that gets no answer. */
const BYTES_PER_RUN = {
  app: 73_000,
  ingest: 7_600,
  throughput: 1_410_000,
  quic: 45_000,
  rings: 8_500,
} as const;
const LIGHT_BYTES: Readonly<Record<string, number>> = {
  'light-mobile': 8_900,
  default: 11_000,
  quic: 11_000,
  press: 14_700,
};
/** Handshakes with six addresses, names at every resolver … */
const FULL_BYTES = 105_000;
/** … and so many times what is read of the body: servers push on what nobody reads any more. */
const FULL_BODY_TIMES = 1.7;
const UPLOAD_BYTES_PER_RUN = 1_200;
const CONTROL_BYTES_PER_FULL = 3_600;

/** One round of each kind of this plan, as the bench would measure it. */
export function estimatedRounds(plan: Plan, targets: readonly PlannedTarget[]): Rounds {
  function of(probe: PlannedTarget['probe'], bytes: number, controlBytes = 0): Counted {
    return counted(targets.filter((target) => target.probe === probe).length, bytes, controlBytes);
  }
  const fullBytes = FULL_BYTES + FULL_BODY_TIMES * plan.full.bodyBytesMax;
  const kinds = SCHEDULED_KINDS.map((kind) => [kind, of(kind, BYTES_PER_RUN[kind])] as const);
  return {
    light: of('web', LIGHT_BYTES[plan.id] ?? 0),
    full: of('web', fullBytes, CONTROL_BYTES_PER_FULL),
    rings: counted(1, BYTES_PER_RUN.rings, 0),
    ...Object.fromEntries(kinds),
  };
}

function counted(runs: number, bytes: number, controlBytes: number): Counted {
  return {
    runs,
    wireBytes: runs * bytes,
    controlBytes: runs * controlBytes,
    applicationBytes: 0,
    uploadBytes: runs * UPLOAD_BYTES_PER_RUN,
    failures: 0,
    ms: 0,
  };
}
