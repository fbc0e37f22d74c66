/** A process to be killed: appends to an archive as fast as it can and prints each id once it was acknowledged. */
import { openFileArchive } from '../../src/archive/file-archive.ts';
import { ManualClock } from './manual-clock.ts';
import { aMeasurement } from './measurements.ts';
import { T0_MS } from './points.ts';
import { silentLog } from './silent-log.ts';

const [dir = '', firstNumber = '0'] = process.argv.slice(2);
const archive = await openFileArchive({
  dir,
  budgetBytes: 1e9,
  clock: new ManualClock(T0_MS),
  log: silentLog,
});
for (let n = Number(firstNumber); ; n += 3) {
  const batch = [n, n + 1, n + 2].map((m) => aMeasurement(T0_MS + m * 60_000, m, 'x'.repeat(5_000)));
  const { added } = await archive.append(batch);
  process.stdout.write(`${added.join('\n')}\n`);
}
