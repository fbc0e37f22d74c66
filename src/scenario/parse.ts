/** Scenario text into a scenario; what no schema can see is checked here too. */
import { parseYaml } from '../config/yaml.ts';
import { ConfigError } from '../errors.ts';
import { Scenario } from './scenario.ts';

/** Rounds that one scenario may hold: a year of ten vantages at one minute. */
const ROUNDS_MAX = 6_000_000;

/** Throws ConfigError that names file, line and key. `fileName` is only shown. */
export function parseScenario(text: string, fileName: string): Scenario {
  const scenario = parseYaml(Scenario, text, fileName);
  if (scenario.to <= scenario.from) throw new ConfigError(`${fileName} to`, 'must be later than "from"');
  const [latencyMinMs, latencyMaxMs] = scenario.noise.latencyMs;
  if (latencyMinMs < 0 || latencyMaxMs < latencyMinMs) {
    throw new ConfigError(
      `${fileName} noise.latencyMs`,
      'must be two numbers from 0 up, the smaller one first',
    );
  }
  const rounds = ((scenario.to - scenario.from) / 1_000 / scenario.cadenceSeconds) * scenario.vantages.length;
  if (rounds > ROUNDS_MAX) {
    throw new ConfigError(
      fileName,
      `asks for ${Math.round(rounds)} rounds; at most ${ROUNDS_MAX} are played`,
    );
  }
  checkVantages(scenario, fileName);
  return scenario;
}

function checkVantages(scenario: Scenario, fileName: string): void {
  const ids = scenario.vantages.map((vantage) => vantage.id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) throw new ConfigError(`${fileName} vantages`, `the id "${twice}" stands twice`);
  for (const [index, action] of scenario.actions.entries()) {
    const path = `${fileName} actions[${index}]`;
    if (action.to <= action.from) throw new ConfigError(`${path}.to`, 'must be later than "from"');
    if (action.do === 'control_down') continue;
    const unknown = action.vantages?.find((id) => !ids.includes(id));
    if (unknown !== undefined) throw new ConfigError(`${path}.vantages`, `there is no vantage "${unknown}"`);
  }
}
