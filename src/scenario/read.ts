/** Reads a scenario file, and gives a scenario's answer the shape of the contract. */
import { readFile } from 'node:fs/promises';
import type { Alert } from '../alerts/ledger.ts';
import type { Association } from '../analysis/correlate/association.ts';
import { incidentJson } from '../analysis/detect/incident-json.ts';
import type { Incident } from '../analysis/detect/point.ts';
import type { SummaryNames } from '../analysis/detect/summary.ts';
import { ConfigError } from '../errors.ts';
import { parseScenario } from './parse.ts';
import type { Scenario } from './scenario.ts';

/** Throws ConfigError that names the file, and line and key where it is wrong. `interceptors` as in `parseScenario`. */
export async function readScenario(
  file: string,
  interceptors: readonly string[] | null = null,
): Promise<Scenario> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw new ConfigError(file, 'cannot be read; give the path of a scenario file', { cause });
  }
  return parseScenario(text, file, interceptors);
}

export interface ScenarioAnswer {
  readonly incidents: readonly Incident[];
  readonly associations: readonly Association[];
  readonly alerts: readonly Alert[];
}

/** `{"incidents":[…],"associations":[…],"alerts":[…]}`, instants in ISO 8601; `names` are for the summaries. */
export function answerJson(answer: ScenarioAnswer, names: SummaryNames): object {
  return {
    incidents: answer.incidents.map((incident) => incidentJson(incident, names)),
    associations: answer.associations,
    alerts: answer.alerts.map(({ incident, change, atMs }) => ({
      incident: incidentJson(incident, names),
      change,
      at: new Date(atMs).toISOString(),
    })),
  };
}
