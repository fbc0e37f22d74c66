/**
 * A collector to be killed or stopped: takes part in the lease over a real InfluxDB, runs the detector while it holds it, and
 * prints `leads`, `stands back` and `found <incident>`. Arguments: the database's address, its own name, and how many times
 * as fast as the clock its beats go.
 */
import { systemClock } from '../../probes/net/clock.ts';
import type { Clock } from '../../probes/probe.ts';
import { DETECTOR_DEFAULTS } from '../../src/analysis/detect/config.ts';
import { foldWindow, initialState } from '../../src/analysis/detect/fold.ts';
import { createDetectorRunner } from '../../src/collector/detector-runner.ts';
import { createLease, keepLease } from '../../src/collector/lease.ts';
import { openInfluxStore } from '../../src/store/influx/store.ts';
import { anAddress } from './address.ts';
import { silentLog } from './silent-log.ts';

const WINDOW_MS = 60_000;
const LOOK_MS = 200;

const [url = '', collector = '', factor = '1'] = process.argv.slice(2);
const real = systemClock();
const speed = Number(factor);
const clock: Clock = {
  nowMs: () => real.nowMs(),
  monotonicMs: () => real.monotonicMs() * speed,
  sleep: async (delayMs, signal) => real.sleep(delayMs / speed, signal),
};

function say(word: string): void {
  process.stdout.write(`${word}\n`);
}

const store = await openInfluxStore({
  address: anAddress({ url }),
  clock,
  log: silentLog,
  setAside: async (_content, reason) => Promise.reject(new Error(reason)),
});
const lease = createLease({
  table: store.collectors,
  collector,
  clock,
  log: silentLog,
  onLate: () => undefined,
});
const runner = createDetectorRunner({
  store,
  clock,
  config: DETECTOR_DEFAULTS,
  windowMs: WINDOW_MS,
  graceMs: 0,
  fold: { initialState, foldWindow },
  log: silentLog,
  mayDetect: () => lease.isHeld(),
  onChange: (incidents) => {
    for (const { id } of incidents) say(`found ${id}`);
  },
});
void keepLease(lease, clock, silentLog, new AbortController().signal);
await runner.start();
let led = false;
for (;;) {
  const leads = lease.isHeld();
  if (leads !== led) say(leads ? 'leads' : 'stands back');
  led = leads;
  await real.sleep(LOOK_MS);
}
