/** The generated dashboards, as they lie in the repository. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Dashboard } from './grafana.ts';

export const GENERATED = join(import.meta.dirname, '..', '..', 'dashboards', 'generated');

/** By file name, without its ending. @throws ZodError where one is no dashboard. */
export function generatedDashboards(): ReadonlyMap<string, Dashboard> {
  const folder = join(GENERATED, 'dashboards');
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  return new Map(
    files.map((file) => [
      file.replace(/\.json$/, ''),
      Dashboard.parse(JSON.parse(readFileSync(join(folder, file), 'utf8'))),
    ]),
  );
}
