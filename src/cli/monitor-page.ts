/** The page of a monitor, with what it has to show. */
import type { AdminWeb } from '../web/admin/routes.ts';
import type { PublicLog } from '../web/context.ts';
import { REQUESTS_PER_MINUTE } from '../config/admin-schema.ts';
import type { HandBooks } from './administration.ts';
import { listen } from './listen.ts';
import type { MonitorOptions } from './monitor.ts';
import { noticeOf } from './notice-board.ts';
import type { NoticeSources } from './notice-board.ts';
import { packageVersion } from './version.ts';

/** Less than a round of checks by far; pages say five minutes. */
const KEPT_MS = 5_000;
/** Of real time: a demo's minutes are short. */
const KEPT_DEMO_MS = 1_000;

export interface PageParts {
  /** Null in a demo: nobody writes anything by hand there. */
  readonly books: HandBooks | null;
  readonly publicLog: PublicLog | null;
  readonly admin: AdminWeb | null;
}

/** The page's address. The port comes first: a second monitor on it must fail before it measures anything. */
export async function startPage(
  options: MonitorOptions,
  { books, publicLog, admin }: PageParts,
  begun: { add(end: () => Promise<void>): void },
  sources: NoticeSources,
): Promise<string> {
  const { storage, clock, log, catalog, http, sweep, publicUrl } = options;
  const { createWebServer } = await import('../web/server.ts');
  const byHand =
    books === null
      ? {}
      : {
          corrections: () => books.corrections.entries,
          notes: () => books.notes.entries,
          published: books.published,
        };
  const web = await createWebServer({
    store: storage.store,
    catalog,
    clock,
    log,
    version: packageVersion(),
    ...byHand,
    ...(sweep === undefined ? {} : { sweep }),
    ...(options.sources === undefined ? {} : { sources: options.sources }),
    ...(publicUrl === undefined ? {} : { publicUrl }),
    ...(publicLog === null ? {} : { transparency: publicLog }),
    ...(admin === null ? {} : { admin }),
    answersKeptMs: options.demo === undefined ? KEPT_MS : KEPT_DEMO_MS * options.demo.speed,
    trustProxy: http.trustProxy ?? [],
    requestsPerMinute: http.requestsPerMinute ?? REQUESTS_PER_MINUTE,
    notice: () => noticeOf(sources),
  });
  begun.add(async () => {
    await web.close();
  });
  return listen(web, http);
}
