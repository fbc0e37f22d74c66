/** Builders for alerts; each names only what its test is about. */
import type { AlertMessage, Channel, Delivery } from '../../src/alerts/channel.ts';
import type { Subject } from '../../src/alerts/subject.ts';
import { writeAlert } from '../../src/alerts/write.ts';
import type { Language, Pen, Telling } from '../../src/alerts/write.ts';
import { loadCatalog } from '../../src/config/catalog-files.ts';
import { createNameBook } from '../../src/web/names.ts';

/** 2026-05-12T16:07:00Z: 21:07 in Almaty. */
export const BEGAN_MS = Date.UTC(2026, 4, 12, 16, 7);

export function aSubject(changes: Partial<Subject> = {}): Subject {
  return {
    id: 'block-20260512T1600Z-0badcafe',
    kind: 'platform_block',
    status: 'open',
    platforms: ['youtube', 'facebook'],
    operators: ['AS29355'],
    places: ['almaty'],
    access: 'mobile',
    startMs: BEGAN_MS,
    endMs: null,
    confidence: 0.93,
    method: 'sni_drop',
    vantages: 2,
    openings: 0,
    witnesses: { agree: [], disagree: [] },
    ...changes,
  };
}

export function aPen(language: Language = 'en', publicUrl: string | null = 'https://aiqyn.example.org'): Pen {
  return { route: 'team', language, names: createNameBook(loadCatalog(), language), publicUrl };
}

export function aMessage(changes: Partial<Telling> = {}): AlertMessage {
  const telling = { subject: aSubject(), change: 'opened', number: 0, earlier: null, ...changes } as const;
  return writeAlert(aPen(), telling, BEGAN_MS + 60_000);
}

export interface RecordingChannel extends Channel {
  readonly messages: AlertMessage[];
}

/** Answers with `answers` in turn, then delivers all; the handle is the number of the message. */
export function recordingChannel(answers: readonly Delivery[] = []): RecordingChannel {
  const messages: AlertMessage[] = [];
  return {
    messages,
    async deliver(message) {
      messages.push(message);
      const handle = message.earlier ?? `m${messages.length}`;
      return Promise.resolve(answers[messages.length - 1] ?? { outcome: 'delivered', handle });
    },
  };
}
