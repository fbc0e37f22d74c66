/**
 * `npm run bench [-- part …]`: measures speed and memory on this machine and prints one JSON object. Progress goes to stderr.
 * A part that fails is named under `failed`, the others go on, and the exit code is 1.
 */
import { cpus, totalmem } from 'node:os';
import { benchAgent } from './agent.ts';
import { benchAlerts } from './alerts.ts';
import { benchAssociation } from './association.ts';
import { benchBackfill } from './backfill.ts';
import { benchCollector } from './collector.ts';
import { benchDashboards } from './dashboards.ts';
import { benchDelay } from './delay.ts';
import { benchDetector } from './detector.ts';
import { benchFuzz } from './fuzz.ts';
import { benchImport } from './import.ts';
import { benchInflux } from './influx.ts';
import { benchLabDelay } from './lab-delay.ts';
import { benchLoad } from './load.ts';
import { benchMonitor } from './monitor.ts';
import { benchOutage } from './outage.ts';
import { benchPage } from './page.ts';
import { benchReplay } from './replay.ts';
import { benchRound } from './round.ts';
import { benchSeries } from './series.ts';
import { benchStore } from './store.ts';
import { benchSweep } from './sweep.ts';
import { benchVerdicts } from './verdicts.ts';

const PARTS: Readonly<Record<string, () => Promise<Record<string, number | string>>>> = {
  verdicts: benchVerdicts,
  detector: async () => benchDetector(),
  delay: benchDelay,
  series: benchSeries,
  association: benchAssociation,
  replay: benchReplay,
  store: benchStore,
  sweep: benchSweep,
  import: benchImport,
  backfill: benchBackfill,
  influx: benchInflux,
  outage: benchOutage,
  page: benchPage,
  round: benchRound,
  fuzz: benchFuzz,
  monitor: benchMonitor,
  dashboards: benchDashboards,
  collector: benchCollector,
  agent: benchAgent,
  'lab-delay': benchLabDelay,
  alerts: benchAlerts,
  load: benchLoad,
};

async function main(wanted: readonly string[]): Promise<number> {
  const unknown = wanted.filter((name) => !(name in PARTS));
  if (unknown.length > 0) {
    console.error(`There is no part ${unknown.join(', ')}; there are ${Object.keys(PARTS).join(', ')}.`);
    return 2;
  }
  const failed: string[] = [];
  const figures: Record<string, number | string> = {};
  for (const [name, measure] of Object.entries(PARTS)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    console.error(`${name} …`);
    try {
      Object.assign(figures, await measure());
    } catch (error) {
      console.error(`${name}: ${String(error)}`);
      failed.push(name);
    }
  }
  const machine = {
    cores: cpus().length,
    memoryGigabytes: Math.round(totalmem() / 1e9),
    node: process.versions.node,
  };
  console.log(JSON.stringify({ machine, ...figures, failed }, null, 2));
  return failed.length > 0 ? 1 : 0;
}

void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
