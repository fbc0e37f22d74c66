/** What every route needs; made once by createWebServer. */
import type { Catalog } from '../../probes/catalog.ts';
import type { Clock } from '../../probes/probe.ts';
import type { Log } from '../log.ts';
import type { SourceState } from '../sources/keeper.ts';
import type { Store } from '../store/store.ts';
import type { Messages } from './messages/messages.ts';
import type { NameBook } from './names.ts';
import type { ReadCorroboration } from './outside-reads.ts';
import type { MonitorNotice } from './notice.ts';

export interface SweepNotice {
  /** Who answers for the probes: an address to write to. */
  readonly contact: string;
  readonly perSecond: number;
  readonly everyMinutes: number;
}

export interface WebContext {
  readonly store: Store;
  readonly catalog: Catalog;
  readonly clock: Clock;
  readonly log: Log;
  readonly notice: () => MonitorNotice;
  readonly version: string;
  /** Where the page is reachable for others, without a trailing slash; only used to write absolute links. */
  readonly publicUrl?: string;
  /** Who asks networks from outside, for those who were asked; absent where nobody does. */
  readonly sweep?: SweepNotice;
  /** Those who watch from outside and how asking them goes; absent or empty where nobody is asked. */
  readonly sources?: () => readonly SourceState[];
  /** What those outside say of an incident. */
  readonly corroboration: ReadCorroboration;
  readonly messages: Messages;
  readonly names: NameBook;
}

/** What drawing a chart needs: no more than whoever draws outside the web server can give. */
export type ChartContext = Pick<WebContext, 'store' | 'clock' | 'messages' | 'names' | 'publicUrl'>;

/** A verdict older than this says nothing about now. */
export const FRESH_MS = 30 * 60_000;
