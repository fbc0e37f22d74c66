/** Scenario text into a scenario; what keys say of each other is checked here too, each with its place in the file. */
import type { z } from 'zod';
import { parseYaml } from '../config/yaml.ts';
import { Scenario } from './scenario.ts';

/** Rounds that one scenario may hold: a year of ten vantages at one minute. */
const ROUNDS_MAX = 6_000_000;

type Path = readonly (string | number)[];
type Say = (path: Path, message: string) => void;

function checkWindow(scenario: Scenario, say: Say): void {
  if (scenario.to <= scenario.from) say(['to'], 'later than "from"');
  const [latencyMinMs, latencyMaxMs] = scenario.noise.latencyMs;
  if (latencyMinMs < 0 || latencyMaxMs < latencyMinMs)
    say(['noise', 'latencyMs'], 'two numbers from 0 up, the smaller one first');
  const rounds = ((scenario.to - scenario.from) / 1_000 / scenario.cadenceSeconds) * scenario.vantages.length;
  if (rounds > ROUNDS_MAX)
    say(['to'], `at most ${ROUNDS_MAX} rounds of all vantages, these are ${Math.round(rounds)}`);
}

function checkUnique(items: readonly { readonly id: string }[], list: string, say: Say): void {
  const seen = new Set<string>();
  for (const [index, { id }] of items.entries()) {
    if (seen.has(id)) say([list, index, 'id'], `an id of its own; "${id}" stands twice`);
    seen.add(id);
  }
}

interface Named {
  readonly vantages?: readonly string[] | undefined;
}

function checkNames({ vantages }: Scenario, named: Named, path: Path, say: Say): void {
  const ids = vantages.map(({ id }) => id);
  for (const [index, id] of (named.vantages ?? []).entries())
    if (!ids.includes(id))
      say([...path, 'vantages', index], `one of the scenario’s vantages: ${ids.join(', ')}`);
}

function checkActions(scenario: Scenario, interceptors: readonly string[] | null, say: Say): void {
  for (const [index, action] of scenario.actions.entries()) {
    const path: Path = ['actions', index];
    if (action.to <= action.from) say([...path, 'to'], 'later than "from"');
    if (action.do !== 'control_down') checkNames(scenario, action, path, say);
    if (action.do !== 'intercept' || action.interceptor === undefined || interceptors === null) continue;
    if (!interceptors.includes(action.interceptor))
      say([...path, 'interceptor'], `one whose certificate is known: ${interceptors.join(', ')}`);
  }
}

function checkExpectations(scenario: Scenario, say: Say): void {
  for (const [index, event] of scenario.events.entries())
    if (event.to < event.from) say(['events', index, 'to'], 'not before "from"');
  for (const [index, wanted] of (scenario.expect?.incidents ?? []).entries()) {
    const path: Path = ['expect', 'incidents', index];
    if (wanted.end !== undefined && wanted.end <= wanted.start) say([...path, 'end'], 'later than "start"');
    checkNames(scenario, wanted, path, say);
  }
}

/**
 * Throws ConfigError that names file, line, column, key and what was expected there. `fileName` is only shown; `interceptors`
 * are the ids that an action may name; null: any.
 */
export function parseScenario(
  text: string,
  fileName: string,
  interceptors: readonly string[] | null = null,
): Scenario {
  const checked = Scenario.superRefine((scenario, context: z.RefinementCtx) => {
    function say(path: Path, message: string): void {
      context.addIssue({ code: 'custom', path: [...path], message });
    }
    checkWindow(scenario, say);
    checkUnique(scenario.vantages, 'vantages', say);
    checkUnique(scenario.events, 'events', say);
    checkActions(scenario, interceptors, say);
    checkExpectations(scenario, say);
  });
  return parseYaml(checked, text, fileName);
}
