/**
 * App probe: which parts of an app work? Driven by the catalogue: an app has parts, a part has endpoints (pages, ports,
 * handshakes, names), and each is tried. What it can and cannot prove is in README.md. Observations carry the tags `part:…`
 * and `endpoint:…`; where TCP comes up and TLS then fails, the same address is tried under a harmless name.
 */
import type { AppEndpoint, AppFact, AppPart } from '../kinds.ts';
import type { AppTestKeys } from '../measurement.ts';
import { TAG_ENDPOINT, TAG_PART } from '../measurement.ts';
import type { ProbeReport } from '../probe.ts';
import { reportOf } from '../run.ts';
import type { Manner, Run, RunTask, StepContext } from '../run.ts';
import { isSpecialAddress } from '../special-address.ts';
import { askAboutFailures } from './control.ts';
import { tryEndpoint, videoNode } from './endpoint.ts';
import { ooniKeys } from './ooni-keys.ts';

/** Small enough that three waves of silence still leave time for the pairs. */
const MANNER: Manner = {
  shares: { dns: 0.12, tcp: 0.15, tls: 0.15, http: 0.2 },
  pairTriesMax: 1,
  lateMs: 0,
  keepsGoodChains: false,
};
/** Endpoints of one app that are tried at the same time. */
const ENDPOINTS_AT_ONCE = 12;

export interface AppTask extends RunTask {
  readonly target: Pick<AppFact, 'testName' | 'parts' | 'rootKeys'>;
}

export type AppRun = Run<AppTask>;

/** What is known of one endpoint after it was tried. */
export interface Tried {
  readonly part: AppPart;
  readonly endpoint: AppEndpoint;
  readonly isReached: boolean;
  /** `ip:port`s that were tried. */
  readonly places: readonly string[];
}

/** Measures one app. Resolves within the task's deadline and never rejects; see `reportOf` for `abort`. */
export async function probeApp(task: AppTask, context: StepContext): Promise<ProbeReport<AppTestKeys>> {
  const asked: AppTestKeys['x_aiqyn_parts'] = task.target.parts.map(partAsked);
  const controls: AppTestKeys['x_aiqyn_controls'] = [];
  const report = await reportOf(task, context, MANNER, async (run) => {
    const tried = await tryAll(run);
    for (const { part, endpoint } of tried) noteAsked(asked, part, endpoint);
    controls.push(...(await askAboutFailures(run, tried)));
  });
  const keys = { ...report.testKeys, x_aiqyn_parts: asked, x_aiqyn_controls: controls };
  return { ...report, testKeys: { ...keys, ...ooniKeys(task.target.testName, keys) } };
}

function partAsked({ id, works, fails, weight, endpoints }: AppPart): AppTestKeys['x_aiqyn_parts'][number] {
  return { id, works, fails, weight, endpoints: endpoints.map(endpointAsked) };
}

function endpointAsked({ url, statuses }: AppEndpoint) {
  return statuses === undefined ? { url } : { url, statuses };
}

/** The server that videos come from is known only once the redirector has named it. */
function noteAsked(asked: AppTestKeys['x_aiqyn_parts'], part: AppPart, endpoint: AppEndpoint): void {
  const known = asked.find(({ id }) => id === part.id)?.endpoints;
  if (known?.some(({ url }) => url === endpoint.url) === false) known.push(endpointAsked(endpoint));
}

/** Parts take turns, so that a short deadline leaves something of each. */
async function tryAll(run: AppRun): Promise<readonly Tried[]> {
  const queue = inTurns(run.task.target.parts);
  const tried: Tried[] = [];
  async function worker(): Promise<void> {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const { part, endpoint } = next;
      const tags = [`${TAG_PART}${part.id}`, `${TAG_ENDPOINT}${endpoint.url}`];
      const seen = await tryEndpoint(run, endpoint, tags);
      // What only another resolver leads to is not reached by an app, and worth asking the control about.
      const isReached = seen.isReached && !isNameOdd(run, tags);
      tried.push({ part, endpoint, isReached, places: seen.places });
      const node = endpoint.leadsTo === undefined ? null : videoNode(seen.body);
      if (node !== null) queue.unshift({ part, endpoint: node });
    }
  }
  await Promise.all(Array.from({ length: ENDPOINTS_AT_ONCE }, worker));
  return tried;
}

function isNameOdd(run: AppRun, tags: readonly string[]): boolean {
  const own = run.keys.queries.filter((query) => tags.every((tag) => query.tags.includes(tag)));
  return own.some(
    ({ failure, answers }) =>
      failure !== null || answers.some(({ ipv4, ipv6 }) => isSpecialAddress(ipv4 ?? ipv6 ?? '')),
  );
}

function inTurns(parts: readonly AppPart[]) {
  const longest = Math.max(0, ...parts.map(({ endpoints }) => endpoints.length));
  return Array.from({ length: longest }, (_, row) =>
    parts.flatMap((part) => part.endpoints.slice(row, row + 1).map((endpoint) => ({ part, endpoint }))),
  ).flat();
}
