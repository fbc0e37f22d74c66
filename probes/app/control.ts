/** The questions to the control: only of endpoints that failed here, a few of them, and for no longer than the run may last. */
import { FAILURE } from '../failure.ts';
import type { AppControl } from '../measurement.ts';
import type { ControlAnswer } from '../probe.ts';
import { remainingMs } from '../run.ts';
import type { AppRun, Tried } from './probe.ts';

/** The control takes no more in one question. */
const PLACES_MAX = 12;
const QUESTIONS_MAX = 8;

interface Question {
  readonly url: string;
  readonly places: readonly string[];
}

export async function askAboutFailures(run: AppRun, tried: readonly Tried[]): Promise<AppControl[]> {
  const { control, clock, signal } = run.context;
  if (control === null) return [];
  const patience = new AbortController();
  const cut = AbortSignal.any([signal, patience.signal]);
  const silence = clock
    .sleep(Math.max(0, remainingMs(run)), cut)
    .then(() => silent(signal.aborted ? FAILURE.interrupted : FAILURE.timeout));
  const answers = await Promise.all(
    questionsOf(tried).map(async ({ url, places }) => {
      const asked = control.ask({ url, endpoints: places }, cut).catch(() => silent(FAILURE.httpFailed));
      const { source, failure, control: answer } = await Promise.race([asked, silence]);
      return { url, source, failure, control: answer };
    }),
  );
  patience.abort();
  return answers;
}

/** Pages and handshakes each by their own name; ports together, because the control only has to connect to them. */
function questionsOf(tried: readonly Tried[]): readonly Question[] {
  const failed = tried.filter(({ isReached }) => !isReached);
  const named = failed.flatMap(({ endpoint, places }) => {
    const url = new URL(endpoint.url);
    if (url.protocol !== 'https:' && url.protocol !== 'tls:') return [];
    const asked = url.protocol === 'https:' ? endpoint.url : `https://${url.host}/`;
    return [{ url: asked, places: samePort(places, portOf(asked)) }];
  });
  return [...named, ...portQuestions(failed)].slice(0, QUESTIONS_MAX);
}

function portQuestions(failed: readonly Tried[]): Question[] {
  const ports = new Map<string, { readonly url: string; readonly places: Set<string> }>();
  for (const { endpoint, places } of failed) {
    const url = new URL(endpoint.url);
    if (url.protocol !== 'tcp:') continue;
    const known = ports.get(url.port) ?? { url: `http://${url.host}/`, places: new Set() };
    for (const place of places) known.places.add(place);
    ports.set(url.port, known);
  }
  return [...ports.values()].map(({ url, places }) => ({ url, places: [...places].slice(0, PLACES_MAX) }));
}

function samePort(places: readonly string[], port: string): string[] {
  return places.filter((place) => place.endsWith(`:${port}`)).slice(0, PLACES_MAX);
}

function portOf(url: string): string {
  const { port } = new URL(url);
  return port === '' ? '443' : port;
}

function silent(failure: string): ControlAnswer {
  return { source: 'none', control: null, failure, ageMs: 0 };
}
