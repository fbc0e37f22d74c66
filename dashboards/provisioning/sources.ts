/** Where Grafana reads from, and where its dashboards lie. Grafana itself puts in the environment and the secret files. */
import { DATASOURCE_UID } from '../lib/influx-query.ts';
import { DashboardProviderFile, DatasourceFile } from './files.ts';

/** In Grafana and in its alert rules. */
export const FOLDER = 'Aiqyn';
const RESCAN_SECONDS = 60;
/** A light check a minute: `$__interval` is never finer. */
const CADENCE = '1m';

/** `password`: InfluxDB 1.x. `token`: 2.x and 3.x, which answer InfluxQL under the same path. */
export const DATASOURCE_VARIANTS = ['password', 'token'] as const;
export type DatasourceVariant = (typeof DATASOURCE_VARIANTS)[number];

export function datasourceFile(variant: DatasourceVariant): DatasourceFile {
  const isToken = variant === 'token';
  return DatasourceFile.parse({
    apiVersion: 1,
    datasources: [
      {
        name: 'Aiqyn InfluxDB',
        uid: DATASOURCE_UID,
        type: 'influxdb',
        access: 'proxy',
        isDefault: true,
        editable: false,
        url: '$AIQYN_INFLUX_URL',
        ...(isToken ? {} : { user: '$AIQYN_INFLUX_USER' }),
        jsonData: {
          version: 'InfluxQL',
          dbName: '$AIQYN_INFLUX_DATABASE',
          httpMode: 'POST',
          timeInterval: CADENCE,
          ...(isToken ? { httpHeaderName1: 'Authorization' } : {}),
        },
        secureJsonData: isToken
          ? { httpHeaderValue1: 'Token $__file{/run/secrets/influxdb_token}' }
          : { password: '$__file{/run/secrets/influxdb_reader_password}' },
      },
    ],
  });
}

export function dashboardProviderFile(): DashboardProviderFile {
  return DashboardProviderFile.parse({
    apiVersion: 1,
    providers: [
      {
        name: 'aiqyn',
        orgId: 1,
        folder: FOLDER,
        folderUid: 'aiqyn',
        type: 'file',
        disableDeletion: true,
        allowUiUpdates: false,
        updateIntervalSeconds: RESCAN_SECONDS,
        options: { path: '/etc/aiqyn/dashboards' },
      },
    ],
  });
}
