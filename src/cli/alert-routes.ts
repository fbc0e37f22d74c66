/** Alerts as the configuration describes them: the channel of each route, and what it writes with. */
import { openWay, postJson } from '../../probes/net/post-json.ts';
import { systemClock } from '../../probes/net/clock.ts';
import type { Catalog } from '../../probes/catalog.ts';
import type { Clock } from '../../probes/probe.ts';
import type { Channel } from '../alerts/channel.ts';
import { createAlertmanager } from '../alerts/channels/alertmanager.ts';
import { createNtfy } from '../alerts/channels/ntfy.ts';
import { createSlack } from '../alerts/channels/slack.ts';
import { createTelegram } from '../alerts/channels/telegram.ts';
import { createWebhook } from '../alerts/channels/webhook.ts';
import { startAlertDesk } from '../alerts/desk.ts';
import type { AlertDesk } from '../alerts/desk.ts';
import { createPictureFor } from '../alerts/picture.ts';
import type { PictureFor } from '../alerts/picture.ts';
import type { Pen } from '../alerts/write.ts';
import type { AlertsConfig, ChannelConfig, RouteConfig } from '../config/alerts-config.ts';
import type { Log } from '../log.ts';
import type { Store } from '../store/store.ts';
import { Painter } from '../web/charts/painter.ts';
import { createNameBook } from '../web/names.ts';
import { paintingOf } from './incident-picture.ts';
import { systemRandom } from './system-random.ts';

function realNowMs(): number {
  return Date.now();
}

/** Only what a route names is loaded. */
export async function channelOf(config: ChannelConfig, pictureFor: PictureFor): Promise<Channel> {
  switch (config.channel) {
    case 'telegram':
      return createTelegram(config, { post: postJson, send: openWay({}).send, pictureFor });
    case 'email': {
      const { createEmail } = await import('../alerts/channels/email.ts');
      return createEmail(config, pictureFor);
    }
    case 'webhook':
      return createWebhook(config, postJson, realNowMs);
    case 'ntfy':
      return createNtfy(config, postJson);
    case 'slack':
      return createSlack(config, postJson);
    case 'alertmanager':
      return createAlertmanager(config, postJson, realNowMs);
  }
}

export function penOf({ id, language }: RouteConfig, { publicUrl }: AlertsConfig, catalog: Catalog): Pen {
  return { route: id, language, names: createNameBook(catalog, language), publicUrl };
}

export interface AlertSurroundings {
  readonly alerts: AlertsConfig;
  readonly dataDir: string;
  readonly catalog: Catalog;
  readonly clock: Clock;
  readonly log: Log;
}

export async function startAlerts(
  { alerts, dataDir, catalog, clock, log }: AlertSurroundings,
  store: Store,
  mayTell: () => boolean,
): Promise<AlertDesk> {
  const painter = new Painter();
  const routes = await Promise.all(
    alerts.routes.map(async (route) => ({
      route,
      pen: penOf(route, alerts, catalog),
      channel: await channelOf(
        route.channel,
        createPictureFor({
          paint: paintingOf(painter, { store, catalog, clock, language: route.language }),
          // Real time, also where the clock is a scenario's.
          sleep: async (ms, signal) => systemClock().sleep(ms, signal),
          log,
        }),
      ),
      dataDir,
      clock,
      random: systemRandom,
      log,
    })),
  );
  return startAlertDesk({ store, routes, clock, log, mayTell });
}
