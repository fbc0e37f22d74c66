/** `aiqyn import ics|stop|csv|yaml`: events from elsewhere into the data directory's `events.yaml`, which a running monitor reads again by itself. */
import { readFile } from 'node:fs/promises';
import { loadCatalog } from '../../config/catalog-files.ts';
import { ConfigError, assertNever } from '../../errors.ts';
import { parseUserCalendar } from '../../events/calendar.ts';
import type { EventKind } from '../../events/event.ts';
import { importCsv } from '../../events/imports/csv.ts';
import { decodeText } from '../../events/imports/from.ts';
import type { ImportAnswer } from '../../events/imports/from.ts';
import { importIcs } from '../../events/imports/ics.ts';
import { importStop } from '../../events/imports/stop.ts';
import { createPlaceBook } from '../../events/places.ts';
import type { PlaceBook } from '../../events/places.ts';
import { remarkUnknown } from '../unknown-words.ts';
import { EXIT, writeLine } from '../io.ts';
import type { Io } from '../io.ts';
import { changeUserCalendar } from '../../events/user-calendar.ts';

export type ImportFormat = 'ics' | 'stop' | 'csv' | 'yaml';

export interface ImportOptions {
  readonly dataDir: string;
  /** For events that do not say their kind. */
  readonly kind: EventKind;
  readonly json: boolean;
}

async function textOf(file: string): Promise<string> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (cause) {
    const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    throw new ConfigError(file, isMissing ? 'there is no such file' : 'cannot be read', { cause });
  }
  const text = decodeText(bytes);
  if (text === null)
    throw new ConfigError(file, 'is not in UTF-8; save it again as UTF-8 (in Excel: “CSV UTF-8”)');
  if (text.trim() === '') throw new ConfigError(file, 'is empty');
  return text;
}

function answerOf(
  format: ImportFormat,
  text: string,
  file: string,
  kind: EventKind,
  book: PlaceBook,
): ImportAnswer {
  switch (format) {
    case 'ics': {
      const answer = importIcs(text, kind, book);
      if (answer === null) throw new ConfigError(file, 'is no iCalendar file, or larger than 5 MB');
      return answer;
    }
    case 'stop': {
      const answer = importStop(text, book);
      if (answer === null) throw new ConfigError(file, 'is no STOP list: a JSON list of rows was expected');
      return answer;
    }
    case 'csv': {
      const answer = importCsv(text, kind, book);
      if (typeof answer === 'string') throw new ConfigError(file, answer);
      return answer;
    }
    case 'yaml':
      return { facts: parseUserCalendar(text, file).events, remarks: [] };
    default:
      return assertNever(format);
  }
}

/** Exit code 3 where something of the file was left out; what it was goes to stderr. */
export async function importCommand(
  format: ImportFormat,
  file: string,
  options: ImportOptions,
  io: Io,
): Promise<number> {
  const { dataDir, kind, json } = options;
  const text = await textOf(file);
  const { facts, remarks } = answerOf(format, text, file, kind, createPlaceBook(loadCatalog().places));
  if (facts.length > 0) await changeUserCalendar(dataDir, { put: facts });
  remarkUnknown(facts, io);
  for (const remark of remarks) writeLine(io.stderr, remark);
  if (json) writeLine(io.stdout, JSON.stringify({ imported: facts.map(({ id }) => id), remarks }));
  else
    writeLine(io.stdout, `${facts.length} ${facts.length === 1 ? 'event' : 'events'} imported from ${file}.`);
  return remarks.length > 0 || facts.length === 0 ? EXIT.missing : EXIT.done;
}
