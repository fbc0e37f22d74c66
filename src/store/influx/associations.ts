/** The series `association` in an InfluxDB: one row for each test and hour, in the default policy. */
import type { Clock } from '../../../probes/probe.ts';
import type { Association } from '../../analysis/correlate/association.ts';
import type { InfluxAddress } from '../../config/store-config.ts';
import { associationRow } from '../association-series.ts';
import { SERIES } from '../fields.ts';
import { connectInflux } from './connection.ts';
import { recognise } from './server.ts';
import { numberField, seriesKey, textField, timestamp } from './text.ts';

function lineOf(association: Association, atMs: number): string {
  const { tags, fields } = associationRow(association);
  const known = Object.entries(fields).flatMap(([field, value]) => {
    if (value === null) return [];
    return [typeof value === 'number' ? numberField(field, value) : textField(field, value)];
  });
  return `${seriesKey(SERIES.association, Object.entries(tags))} ${known.join(',')} ${timestamp(atMs)}`;
}

/** @throws EnvironmentError as the store does. */
export async function writeAssociations(
  address: InfluxAddress,
  clock: Clock,
  associations: readonly Association[],
  atMs: number,
): Promise<void> {
  const { flavour } = await recognise(address);
  const connection = connectInflux({ ...address, flavour }, clock);
  try {
    await connection.write(
      associations.map((association) => lineOf(association, atMs)),
      null,
    );
  } finally {
    connection.close();
  }
}
