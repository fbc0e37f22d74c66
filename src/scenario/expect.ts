/** Whether what was said is what a scenario expects. What is missing or too much is explained with its nearest miss. */
import type { Association } from '../analysis/correlate/association.ts';
import type { Incident } from '../analysis/detect/point.ts';
import type { ExpectedIncident, Scenario } from './scenario.ts';
import type { Dispute } from './windows.ts';

/** One difference between what was expected and what was said. */
export interface Mismatch {
  readonly text: string;
  /** Where to look; null where the difference is no incident's. */
  readonly dispute: Dispute | null;
}

function covers(said: readonly string[], wanted: readonly string[] | undefined): boolean {
  return (wanted ?? []).every((one) => said.includes(one));
}

function iso(atMs: number | null): string {
  return atMs === null ? 'open' : new Date(atMs).toISOString().slice(0, 19) + 'Z';
}

function timeProblems(wanted: ExpectedIncident, said: Incident, untilMs: number): string[] {
  const toleranceMs = wanted.toleranceSeconds * 1_000;
  const problems: string[] = [];
  if (Math.abs(said.startMs - wanted.start) > toleranceMs) problems.push(`starts ${iso(said.startMs)}`);
  if (wanted.end === undefined) return problems;
  // What lasts as long as the scenario is still open when it ends.
  const isStillOpen = said.endMs === null && Math.abs(untilMs - wanted.end) <= toleranceMs;
  const isWithin = said.endMs !== null && Math.abs(said.endMs - wanted.end) <= toleranceMs;
  if (!isStillOpen && !isWithin) problems.push(`ends ${iso(said.endMs)}`);
  return problems;
}

function problemsOf(wanted: ExpectedIncident, said: Incident, untilMs: number): string[] {
  const scopes: readonly (readonly [string, readonly string[], readonly string[] | undefined])[] = [
    ['platforms', said.platforms, wanted.platforms],
    ['operators', said.operators, wanted.operators],
    ['places', said.places, wanted.places],
    ['vantages', said.vantageIds, wanted.vantages],
    [
      'access',
      said.members.map((member) => member.access),
      wanted.access === undefined ? undefined : [wanted.access],
    ],
  ];
  const problems = said.kind === wanted.kind ? [] : [`is ${said.kind}`];
  for (const [name, found, asked] of scopes) {
    if (!covers(found, asked)) problems.push(`has the ${name} ${found.join(', ') || 'none'}`);
  }
  problems.push(...timeProblems(wanted, said, untilMs));
  if (wanted.openings !== undefined && said.openings.length !== wanted.openings)
    problems.push(`has ${said.openings.length} openings`);
  return problems;
}

function describeWanted(wanted: ExpectedIncident): string {
  const scope = [...(wanted.platforms ?? []), ...(wanted.operators ?? []), ...(wanted.places ?? [])];
  const end = wanted.end === undefined ? 'any end' : iso(wanted.end);
  const openings = wanted.openings === undefined ? '' : `, ${wanted.openings} openings`;
  return `${wanted.kind} [${[...scope, ...(wanted.vantages ?? [])].join(' ')}] ${iso(wanted.start)} to ${end} ± ${wanted.toleranceSeconds} s${openings}`;
}

function describeSaid(said: Incident): string {
  const scope = [...said.platforms, ...said.operators, ...said.places].join(' ');
  const openings = said.openings.length === 0 ? '' : `, ${said.openings.length} openings`;
  return `${said.kind} [${scope}] ${iso(said.startMs)} to ${iso(said.endMs)}${openings} (${said.id}, by ${said.vantageIds.join(', ')})`;
}

/** The said incident with the fewest faults; among equals the one nearest in time. */
function nearestMiss(
  wanted: ExpectedIncident,
  said: readonly Incident[],
  untilMs: number,
): { readonly text: string; readonly nearest: Incident | null } {
  const ranked = said
    .map((one) => ({ one, problems: problemsOf(wanted, one, untilMs) }))
    .sort(
      (a, b) =>
        a.problems.length - b.problems.length ||
        Math.abs(a.one.startMs - wanted.start) - Math.abs(b.one.startMs - wanted.start),
    );
  const best = ranked[0];
  if (best === undefined) return { text: '  nothing was said', nearest: null };
  const reasons = best.one.reasons.map((reason) => `    ${reason}`).join('\n');
  const text = `  nearest: ${describeSaid(best.one)}\n  but it ${best.problems.join('; ') || 'is another expectation’s'}\n${reasons}`;
  return { text, nearest: best.one };
}

function missing(wanted: ExpectedIncident, said: readonly Incident[], untilMs: number): Mismatch {
  const { text, nearest } = nearestMiss(wanted, said, untilMs);
  const near = nearest === null ? [] : [nearest.startMs, ...(nearest.endMs === null ? [] : [nearest.endMs])];
  const instantsMs = [wanted.start, ...(wanted.end === undefined ? [] : [wanted.end]), ...near];
  const { platforms = [], operators = [] } = wanted;
  return {
    text: `missing: ${describeWanted(wanted)}\n${text}`,
    dispute: { instantsMs, platforms, operators },
  };
}

function tooMuch(said: Incident): Mismatch {
  const { startMs, endMs, platforms, operators } = said;
  const instantsMs = endMs === null ? [startMs] : [startMs, endMs];
  const reasons = said.reasons.map((reason) => `\n    ${reason}`).join('');
  return {
    text: `too much: ${describeSaid(said)}${reasons}`,
    dispute: { instantsMs, platforms, operators },
  };
}

function incidentMismatches(scenario: Scenario, said: readonly Incident[]): Mismatch[] {
  const expect = scenario.expect;
  if (expect === undefined) return [];
  const left = new Set(said);
  const mismatches: Mismatch[] = [];
  for (const wanted of expect.incidents) {
    const fitting = [...left]
      .filter((one) => problemsOf(wanted, one, scenario.to).length === 0)
      .sort((a, b) => Math.abs(a.startMs - wanted.start) - Math.abs(b.startMs - wanted.start))[0];
    if (fitting === undefined) mismatches.push(missing(wanted, said, scenario.to));
    else left.delete(fitting);
  }
  if (expect.only) for (const one of left) mismatches.push(tooMuch(one));
  return mismatches;
}

function associationMismatches(scenario: Scenario, said: readonly Association[]): string[] {
  return (scenario.expect?.associations ?? []).flatMap((wanted) => {
    const name = `${wanted.kind} × ${wanted.platform}`;
    const found = said.find(
      (one) => one.kind === wanted.kind && one.platform === wanted.platform && one.operator === null,
    );
    if (found === undefined) return [`missing: association ${name}; none was computed`];
    if (found.significant === wanted.significant) return [];
    return [
      `association ${name}: expected ${wanted.significant ? '' : 'not '}significant, found ${found.outcome} (p ${found.pAdjusted ?? 'none'})\n  ${found.sentence}`,
    ];
  });
}

/** Empty when everything is as the scenario expects, or when it expects nothing. */
export function mismatchesOf(
  scenario: Scenario,
  incidents: readonly Incident[],
  associations: readonly Association[],
): Mismatch[] {
  return [
    ...incidentMismatches(scenario, incidents),
    ...associationMismatches(scenario, associations).map((text) => ({ text, dispute: null })),
  ];
}
