/** Turns choices (a headline, a group, an instant) into the page's sentences through the message catalogue. */
import type { Incident } from '../../analysis/detect/point.ts';
import { assertNever } from '../../errors.ts';
import type { WebContext } from '../context.ts';
import type { When } from '../messages/en/front.ts';
import { offsetName } from '../messages/words.ts';
import { roundedMs } from '../rounding.ts';
import type { IncidentGroup } from './groups.ts';
import type { Headline } from './headline.ts';
import { operatorName, placeName } from './network.ts';

type Voice = Pick<WebContext, 'messages' | 'names'>;

/** `20:15`, or `9 May, 20:15` on another day; rounded to five minutes. */
export function shortTime(voice: Voice, atMs: number, nowMs: number, timeZone: string): string {
  const { words, site } = voice.messages;
  const rounded = roundedMs(atMs);
  const time = words.time(rounded, timeZone);
  const isSameDay = words.date(rounded, timeZone) === words.date(nowMs, timeZone);
  return isSameDay ? time : site.at(words.shortDate(rounded, timeZone), time);
}

/** `9 May 2019, 12:00 (UTC+6)`; rounded to five minutes. */
export function longTime(voice: Voice, atMs: number, timeZone: string): string {
  const { words, site } = voice.messages;
  const rounded = roundedMs(atMs);
  const text = site.at(words.date(rounded, timeZone), words.time(rounded, timeZone));
  return site.zoned(text, offsetName(rounded, timeZone));
}

/** The sentence of one incident or of several that belong together, without a full stop. */
export function groupSentence(voice: Voice, group: IncidentGroup, time: When): string {
  const { headline } = voice.messages;
  const { names, messages } = voice;
  const platforms = group.platforms
    .toSorted((a, b) => names.platforms.indexOf(a) - names.platforms.indexOf(b))
    .map((id) => names.platform(id));
  const operators = [...new Set(group.operators.map((id) => operatorName(id, names, messages)))];
  const places = group.places.map((id) => placeName(id, names, messages));
  switch (group.kind) {
    case 'platform_block':
      return headline.blocked(platforms, operators, time);
    case 'throttling':
      return headline.throttled(platforms, operators, time);
    case 'interception':
      return headline.intercepted(platforms, operators, time);
    case 'shutdown':
      // What a lone vantage loses is its own line, not the country's internet.
      if (group.vantages < 2) return headline.vantageCut(operators, time);
      return headline.shutdown(operators, places, time);
    case 'mobile_shutdown':
      return headline.mobileShutdown(operators, places, time);
    case 'allow_list':
      return headline.allowList(operators, time);
    case 'target_down':
      return headline.targetDown(platforms, time);
    case 'vantage_silent':
      return headline.vantageSilent(operators, group.vantages, time);
    default:
      return assertNever(group.kind);
  }
}

export interface HeadlineText {
  /** Decides the colour: `alarm` for what somebody does, `mute` for what we do not know. */
  readonly tone: 'calm' | 'alarm' | 'warn' | 'mute';
  readonly sentences: readonly string[];
  readonly note: string | null;
}

function incidentsText(voice: Voice, groups: readonly IncidentGroup[], nowMs: number): HeadlineText {
  const { headline } = voice.messages;
  const shown = groups.slice(0, 2);
  const rest = groups.slice(2).reduce((sum, group) => sum + group.incidents, 0);
  const sentences = shown.map((group) => {
    const zone = voice.names.timeZone(group.places[0]);
    return groupSentence(voice, group, { start: shortTime(voice, group.startMs, nowMs, zone), end: null });
  });
  const first = groups[0]?.kind;
  return {
    tone: first === 'target_down' || first === 'vantage_silent' ? 'warn' : 'alarm',
    sentences,
    note: rest === 0 ? null : headline.more(rest),
  };
}

function suspectedText(
  voice: Voice,
  platforms: readonly string[],
  operators: readonly string[],
): HeadlineText {
  const { headline, note } = voice.messages;
  const sentence = headline.suspected(
    platforms.map((id) => voice.names.platform(id)),
    operators.map((id) => operatorName(id, voice.names, voice.messages)),
  );
  return { tone: 'warn', sentences: [sentence], note: note.suspected };
}

/** The headline in words; times in `timeZone` unless an incident's own place has another. */
export function headlineText(voice: Voice, choice: Headline, nowMs: number, timeZone: string): HeadlineText {
  const { headline, note } = voice.messages;
  switch (choice.kind) {
    case 'starting':
      return { tone: 'mute', sentences: [headline.starting], note: note.starting };
    case 'no_data':
      return {
        tone: 'mute',
        sentences: [headline.noData(shortTime(voice, choice.startedAtMs, nowMs, timeZone))],
        note: note.noData,
      };
    case 'stale':
      return {
        tone: 'mute',
        sentences: [headline.stale(shortTime(voice, choice.newestMs, nowMs, timeZone))],
        note: note.stale,
      };
    case 'offline':
      return {
        tone: 'mute',
        sentences: [headline.offline(choice.vantages)],
        note: note.offline[choice.answers],
      };
    case 'limited': {
      const operators = choice.operators.map((id) => operatorName(id, voice.names, voice.messages));
      return {
        tone: 'warn',
        sentences: [headline.limited[choice.connectivity](operators)],
        note: note.limited,
      };
    }
    case 'incidents':
      return incidentsText(voice, choice.groups, nowMs);
    case 'suspected':
      return suspectedText(voice, choice.platforms, choice.operators);
    case 'unclear':
      return { tone: 'mute', sentences: [headline.unclear], note: note.unclear };
    case 'reachable':
      return { tone: 'calm', sentences: [reachableText(voice, choice.online, choice.vantages)], note: null };
    default:
      return assertNever(choice);
  }
}

function reachableText(voice: Voice, online: number, vantages: number): string {
  const { headline } = voice.messages;
  return online >= vantages ? headline.reachable(vantages) : headline.reachableSome(online, vantages);
}

/** One incident as one sentence: since when, or from when to when. */
export function incidentSentence(voice: Voice, incident: Incident, nowMs: number): string {
  const zone = voice.names.timeZone(incident.places[0]);
  const group: IncidentGroup = { ...incident, vantages: incident.vantageIds.length, incidents: 1 };
  const { startMs, endMs } = incident;
  return groupSentence(voice, group, {
    start: shortTime(voice, startMs, nowMs, zone),
    end: endMs === null ? null : shortTime(voice, endMs, startMs, zone),
  });
}
