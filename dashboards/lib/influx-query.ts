/**
 * The InfluxQL query of Grafana's InfluxDB data source, which the foundation SDK has no type for. InfluxQL is the one
 * language that InfluxDB 1.x, 2.x and 3.x all answer.
 */
import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import type { DataSourceRef } from '@grafana/grafana-foundation-sdk/common';

/** As provisioned; see ../provisioning/datasources.ts. */
export const DATASOURCE_UID = 'aiqyn-influxdb';
export const DATASOURCE: DataSourceRef = { type: 'influxdb', uid: DATASOURCE_UID };

/** `time_series`: a frame for each series and column. `table`: one frame with tags and fields as columns. */
export type ResultFormat = 'time_series' | 'table';

export interface InfluxQuery extends Dataquery {
  readonly refId: string;
  readonly datasource: DataSourceRef;
  readonly rawQuery: true;
  readonly query: string;
  readonly resultFormat: ResultFormat;
  readonly alias?: string;
}

export interface InfluxQueryParts {
  readonly query: string;
  readonly resultFormat?: ResultFormat;
  /** How a series is called: `$tag_platform`, `$col`, `$m`. */
  readonly alias?: string;
  /** Default `A`. */
  readonly refId?: string;
}

export function influxQuery(parts: InfluxQueryParts): Builder<InfluxQuery> {
  const { query, resultFormat = 'time_series', alias, refId = 'A' } = parts;
  return {
    build: () => ({
      refId,
      datasource: DATASOURCE,
      rawQuery: true,
      query,
      resultFormat,
      ...(alias === undefined ? {} : { alias }),
      _implementsDataqueryVariant() {
        // A mark for the compiler; functions are left out of JSON.
      },
    }),
  };
}
