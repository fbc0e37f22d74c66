/** Questions and their answers, row by row: tags and columns of one row in one object. */
import type { InfluxConnection, Part } from './connection.ts';
import type { Row } from './rows.ts';

export interface Answered {
  /** Number of the statement in the question, from 0. */
  readonly statement: number;
  readonly row: Row;
}

export function* rowsOf(part: Part): Generator<Row> {
  for (const values of part.values) {
    const row: Record<string, unknown> = { ...part.tags };
    for (const [index, column] of part.columns.entries()) row[column] = values[index] ?? null;
    yield row;
  }
}

export async function* answers(connection: InfluxConnection, influxql: string): AsyncGenerator<Answered> {
  for await (const part of connection.stream(influxql)) {
    for (const row of rowsOf(part)) yield { statement: part.statement, row };
  }
}

/** Every row of one statement; for answers whose size has a bound. */
export async function ask(connection: InfluxConnection, influxql: string): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const { row } of answers(connection, influxql)) rows.push(row);
  return rows;
}

/** The whole database is about this many series at most in one question; more go one after the other. */
const STATEMENTS_MAX = 100;

/** Rows of many statements, by the statements' own numbers. */
export async function askEach(
  connection: InfluxConnection,
  statements: readonly string[],
): Promise<readonly (readonly Row[])[]> {
  const found = statements.map((): Row[] => []);
  for (let start = 0; start < statements.length; start += STATEMENTS_MAX) {
    const some = statements.slice(start, start + STATEMENTS_MAX);
    for await (const { statement, row } of answers(connection, some.join('; ')))
      found[start + statement]?.push(row);
  }
  return found;
}
