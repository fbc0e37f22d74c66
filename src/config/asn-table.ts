/**
 * A table from addresses to AS numbers, in MaxMind's file format (mmdb), as MaxMind, DB-IP, IPinfo and others give it
 * out. The user brings the file; nothing is looked up on the network.
 */
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { Reader } from 'maxmind';
import type { Response } from 'maxmind';
import type { Knowledge } from '../analysis/verdict/verdict.ts';
import { ConfigError } from '../errors.ts';
import { loadCatalog } from './catalog-files.ts';
import { buildKnowledge } from './knowledge.ts';

const METADATA_MARKER = '\u00ab\u00cd\u00efMaxMind.com';

/** The AS number of an address, or null where the table has none or the text is no address. */
export type AsnTable = (address: string) => number | null;

/** @throws ConfigError where the file cannot be read, is no such table or is cut off, and at a lookup where it is damaged. */
export function openAsnTable(file: string): AsnTable {
  const reader = readerOf(file);
  return (address) => (isIP(address) === 0 ? null : asnOf(entryOf(reader, address, file)));
}

function entryOf(reader: Reader<Response>, address: string, file: string): unknown {
  try {
    return reader.get(address);
  } catch (cause) {
    throw new ConfigError(file, 'is a damaged table; download it again', { cause });
  }
}

/** The catalogue's knowledge, with the table where a file is given. @throws ConfigError like `openAsnTable`. */
export function knowledgeWith(tableFile: string | undefined): Knowledge {
  return buildKnowledge(loadCatalog(), tableFile === undefined ? undefined : openAsnTable(tableFile));
}

function readerOf(file: string): Reader<Response> {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (cause) {
    throw new ConfigError(file, 'cannot be read', { cause });
  }
  let reader: Reader<Response>;
  try {
    reader = new Reader<Response>(bytes);
  } catch (cause) {
    throw new ConfigError(file, 'is no table in MaxMind’s format (.mmdb)', { cause });
  }
  // What describes the tree stands behind it, so that a file whose beginning is lost opens like a whole one.
  if (reader.metadata.searchTreeSize > bytes.lastIndexOf(METADATA_MARKER, undefined, 'latin1')) {
    throw new ConfigError(file, 'is a damaged table; download it again');
  }
  return reader;
}

/** MaxMind and DB-IP call the number `autonomous_system_number`, IPinfo writes `asn: "AS9198"`. */
function asnOf(entry: unknown): number | null {
  if (typeof entry !== 'object' || entry === null) return null;
  if ('autonomous_system_number' in entry) return positive(entry.autonomous_system_number);
  return 'asn' in entry ? positive(entry.asn) : null;
}

function positive(value: unknown): number | null {
  const asn = typeof value === 'string' ? Number(value.replace(/^AS/i, '')) : value;
  return typeof asn === 'number' && Number.isInteger(asn) && asn > 0 ? asn : null;
}
