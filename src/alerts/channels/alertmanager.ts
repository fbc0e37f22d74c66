/**
 * Prometheus Alertmanager, API v2. The labels of an incident never change, because they are its identity there; its end
 * resolves it. An open one is given an end far away, since Alertmanager would else take silence for its end.
 */
import type { PostJson } from '../../../probes/net/post-json.ts';
import type { ChannelConfig } from '../../config/alerts-config.ts';
import type { AlertMessage, Channel } from '../channel.ts';
import { bearer, deliveryOf, post } from './post.ts';

const OPEN_FOR_MS = 90 * 86_400_000;
const TEST_FOR_MS = 60_000;

type AlertmanagerConfig = Extract<ChannelConfig, { channel: 'alertmanager' }>;

function endOf({ kind, subject, atMs }: AlertMessage, nowMs: number): number {
  if (kind === 'withdrawn') return nowMs;
  if (subject === null) return nowMs + TEST_FOR_MS;
  return subject.endMs ?? Math.max(atMs, nowMs) + OPEN_FOR_MS;
}

function alertOf(message: AlertMessage, nowMs: number): object {
  const { subject, route, title, body, url, key } = message;
  const endMs = endOf(message, nowMs);
  const startMs = Math.min(subject?.startMs ?? nowMs, endMs - 1);
  return {
    labels: { alertname: 'AiqynIncident', incident: subject?.id ?? key, route },
    annotations: { summary: title, description: body, kind: subject?.kind ?? message.kind },
    startsAt: new Date(startMs).toISOString(),
    endsAt: new Date(endMs).toISOString(),
    ...(url === null ? {} : { generatorURL: url }),
  };
}

export function createAlertmanager(config: AlertmanagerConfig, send: PostJson, nowMs: () => number): Channel {
  return {
    async deliver(message, signal) {
      const url = `${config.url.replace(/\/+$/, '')}/api/v2/alerts`;
      const body = [alertOf(message, nowMs())];
      return deliveryOf(await post(send, { url, headers: bearer(config.token), body }, signal), null);
    },
  };
}
