/** Borrowed probes as the configuration has them: lenders, their quotas on disk, one spool each, beside the monitor. */
import { join } from 'node:path';
import type { Catalog } from '../../probes/catalog.ts';
import { systemClock } from '../../probes/net/clock.ts';
import type { WebTarget } from '../../probes/plan.ts';
import type { ControlClient } from '../../probes/probe.ts';
import { openFileSpool } from '../agent/file-spool.ts';
import type { Uplink } from '../agent/spool.ts';
import { startBorrower } from '../borrowed/borrower.ts';
import type { Borrower } from '../borrowed/borrower.ts';
import { AtlasClient } from '../borrowed/atlas/client.ts';
import { createAtlasLender } from '../borrowed/atlas/lender.ts';
import { GlobalpingClient } from '../borrowed/globalping/client.ts';
import { createGlobalpingLender } from '../borrowed/globalping/lender.ts';
import type { PoliteHttp } from '../polite/http.ts';
import type { Lender, LenderStatus } from '../borrowed/lender.ts';
import { nearestPlace } from '../borrowed/nearest-place.ts';
import { hourFrom, openQuota, untilMidnightUtc } from '../borrowed/quota.ts';
import type { AtlasConfig, BorrowedConfig, GlobalpingConfig } from '../config/borrowed-config.ts';
import { PLACE_UNKNOWN } from '../config/catalog-words.ts';
import { createPlaceBook } from '../events/places.ts';
import type { Store } from '../store/store.ts';
import type { BorrowedNotice } from '../web/notice.ts';
import { controlOf } from './control-of.ts';
import type { Surroundings } from './configured-monitor.ts';
import type { Borrowing } from './monitor.ts';
import { politeHttp } from './polite-http-of.ts';
import { systemRandom } from './system-random.ts';
import { packageVersion } from './version.ts';

const MEGABYTE = 1_048_576;
/** Where Atlas' probe that compares stands. */
const CONTROL_COUNTRY = 'DE';

interface Lending {
  readonly lender: Lender;
  readonly targets: readonly WebTarget[];
}

export interface RunningBorrowing extends Borrowing {
  /** An incident has changed. */
  poke(): void;
}

/** The front door of each platform, nothing that is sensitive. */
export function borrowedTargets(catalog: Catalog, platforms: readonly string[]): WebTarget[] {
  return platforms.flatMap((platform) => {
    const fact = catalog.targets.find(
      (target) =>
        target.platform === platform &&
        target.part === 'main' &&
        !target.sensitive &&
        target.url.startsWith('https:'),
    );
    if (fact === undefined) return [];
    const { id, url, lightUrl = url } = fact;
    return [{ id, platform: fact.platform, probe: 'web' as const, url, lightUrl }];
  });
}

/** A place's id for a city's name in any language, or `unknown`. */
function placeBy({ places }: Catalog): (city: string) => string {
  const book = createPlaceBook(places);
  const ids = new Set(places.map(({ id }) => id));
  return (city) => {
    const id = book.idOf(city);
    return ids.has(id) ? id : PLACE_UNKNOWN;
  };
}

/** How lenders are asked, and the own control, without which theirs is asked. */
interface Asking {
  readonly http: PoliteHttp;
  readonly control: ControlClient | null;
}

async function globalpingOf(
  config: GlobalpingConfig,
  around: Surroundings,
  { http, control }: Asking,
): Promise<Lending> {
  const { dataDir, catalog, log } = around;
  const clock = systemClock();
  const quota = await openQuota({
    limit: config.testsPerHour,
    endOf: hourFrom,
    file: join(dataDir, 'borrowed', 'globalping-quota.json'),
    nowMs: () => clock.nowMs(),
    log,
  });
  const { url, controls, testsPerHour } = config;
  const client = new GlobalpingClient({ url, token: config.token?.reveal() ?? null, http, quota, clock });
  const lender = createGlobalpingLender({
    client,
    quota,
    testsPerHour,
    controls: control === null ? controls : null,
    placeOf: placeBy(catalog),
    clock,
  });
  return { lender, targets: borrowedTargets(catalog, config.platforms) };
}

async function atlasOf(
  config: AtlasConfig,
  around: Surroundings,
  { http, control }: Asking,
): Promise<Lending> {
  const { dataDir, catalog, log } = around;
  const clock = systemClock();
  const { url, creditsPerDay, key, platforms } = config;
  const quota = await openQuota({
    limit: creditsPerDay,
    endOf: untilMidnightUtc,
    file: join(dataDir, 'borrowed', 'atlas-quota.json'),
    nowMs: () => clock.nowMs(),
    log,
  });
  const lender = createAtlasLender({
    client: new AtlasClient({ url, key: key.reveal(), http, quota, clock }),
    quota,
    creditsPerDay,
    control: control === null ? CONTROL_COUNTRY : null,
    placeAt: (latitude, longitude) => nearestPlace(catalog.places, latitude, longitude),
    clock,
  });
  return { lender, targets: borrowedTargets(catalog, platforms) };
}

function noticeOf({ lender, quota, networks, problem, lastAnswerAtMs }: LenderStatus): BorrowedNotice {
  return { lender, left: quota.left, limit: quota.limit, networks, problem, lastAnswerAtMs };
}

/** Begins to ask at once. What it gives ends it. */
export async function startBorrowing(
  config: BorrowedConfig,
  around: Surroundings,
  parts: { readonly store: Store; readonly uplink: Uplink; readonly mayAsk: () => boolean },
): Promise<RunningBorrowing> {
  const { dataDir, log } = around;
  const control = controlOf(around.config, systemClock());
  const asking = { http: politeHttp(), control };
  const lendings: Lending[] = [];
  if (config.globalping !== null) lendings.push(await globalpingOf(config.globalping, around, asking));
  if (config.atlas !== null) lendings.push(await atlasOf(config.atlas, around, asking));
  const borrowers: Borrower[] = [];
  for (const { lender, targets } of lendings) {
    const dir = join(dataDir, 'borrowed', lender.name);
    const spool = await openFileSpool({
      dir,
      budgetBytes: around.config.spool.budgetMegabytes * MEGABYTE,
      log,
    });
    borrowers.push(
      startBorrower({
        lender,
        targets,
        control,
        ...parts,
        spool,
        clock: systemClock(),
        log,
        random: systemRandom,
        softwareVersion: packageVersion(),
      }),
    );
  }
  return {
    states: () => borrowers.map((borrower) => noticeOf(borrower.status())),
    poke: () => {
      for (const borrower of borrowers) borrower.poke();
    },
    stop: async () => {
      await Promise.all(borrowers.map(async (borrower) => borrower.stop()));
    },
  };
}
