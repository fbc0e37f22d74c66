/** What every route needs, once per language; made by createWebServer. */
import type { Catalog } from '../../probes/catalog.ts';
import type { Clock } from '../../probes/probe.ts';
import type { PublishedBook } from '../admin/published-book.ts';
import type { Correction } from '../events/corrections.ts';
import type { IncidentNote } from '../events/incident-notes.ts';
import type { Log } from '../log.ts';
import type { SourceState } from '../sources/keeper.ts';
import type { Store } from '../store/store.ts';
import { messages } from './messages/messages.ts';
import type { LeafProof } from '../transparency/log-book.ts';
import type { PublishedLog } from '../transparency/log.ts';
import type { Messages } from './messages/messages.ts';
import { createNameBook } from './names.ts';
import type { Language, NameBook } from './names.ts';
import type { MonitorNotice } from './notice.ts';

export interface SweepNotice {
  /** Who answers for the probes: an address to write to. */
  readonly contact: string;
  readonly perSecond: number;
  readonly everyMinutes: number;
}

/** The transparency log as anybody may read it: days and hashes, no leaf. */
export interface PublicLog {
  readonly read: () => PublishedLog;
  readonly proofOf: (day: string, leaf: string) => Promise<LeafProof | null>;
}

/** What people wrote and published by hand. Absent where nobody can, as in the demo. */
export interface ByHand {
  /** Of events, oldest first. */
  readonly corrections?: () => readonly Correction[];
  /** On incidents, oldest first. */
  readonly notes?: () => readonly IncidentNote[];
  /** Bundles of evidence that everybody may have. */
  readonly published?: Pick<PublishedBook, 'of' | 'open'>;
}

export interface WebContext extends ByHand {
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
  /** Absent where no log is kept, as in the demo. */
  readonly transparency?: PublicLog;
  /** Those who watch from outside and how asking them goes; absent or empty where nobody is asked. */
  readonly sources?: () => readonly SourceState[];
  readonly messages: Messages;
  readonly names: NameBook;
}

/** The same server in each language. */
export type Contexts = Readonly<Record<Language, WebContext>>;

/** Made once, so that a request only chooses. */
export function createContexts(shared: Omit<WebContext, 'messages' | 'names'>): Contexts {
  function speaking(language: Language): WebContext {
    return { ...shared, messages: messages(language), names: createNameBook(shared.catalog, language) };
  }
  return { en: speaking('en'), ru: speaking('ru'), kk: speaking('kk') };
}

/** What drawing a chart needs: no more than whoever draws outside the web server can give. */
export type ChartContext = Pick<WebContext, 'store' | 'clock' | 'messages' | 'names' | 'publicUrl'>;

/** A verdict older than this says nothing about now. */
export const FRESH_MS = 30 * 60_000;
