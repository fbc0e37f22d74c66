/** Files of a backfill are noted once what they hold is durable; meanwhile the next ones are read. */
import type { BackfillJournal, JournalEntry } from '../sources/ooni/backfill-journal.ts';
import type { MeasurementImporter } from './measurement-importer.ts';

export interface Keeping {
  /** Begins when what was begun before is durable and noted. Rejects with what that failed with. */
  begin(entries: readonly JournalEntry[]): Promise<void>;
  /** Resolves once all that was begun is durable and noted. */
  end(): Promise<void>;
}

export function keeper(
  importer: Pick<MeasurementImporter, 'store'>,
  journal: Pick<BackfillJournal, 'add'>,
): Keeping {
  let kept: Promise<void> = Promise.resolve();
  return {
    async begin(entries) {
      await kept;
      kept = importer.store().then(async () => journal.add(entries));
      // Thrown where it is waited for.
      kept.catch(() => undefined);
    },
    end: async () => kept,
  };
}
