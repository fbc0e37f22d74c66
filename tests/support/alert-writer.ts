/** A process to be killed: tells one Telegram chat of one incident, with its books in a folder. */
import { systemClock } from '../../probes/net/clock.ts';
import { openWay, postJson } from '../../probes/net/post-json.ts';
import { createTelegram } from '../../src/alerts/channels/telegram.ts';
import { startAlertDesk } from '../../src/alerts/desk.ts';
import { noPicture } from '../../src/alerts/picture.ts';
import { Secret } from '../../src/config/secret.ts';
import { createMemoryStore } from '../../src/store/memory/store.ts';
import { aPen } from './alerts.ts';
import { anIncident } from './points.ts';
import { silentLog } from './silent-log.ts';

const [dataDir = '', api = '', state = 'open'] = process.argv.slice(2);
const clock = systemClock();
const startMs = clock.nowMs() - 60_000;
const store = createMemoryStore();
const end = state === 'open' ? {} : ({ status: 'restored', endMs: startMs + 30_000 } as const);
await store.saveIncidents([anIncident({ startMs, ...end })]);
const channel = { channel: 'telegram', chat: '1', api, token: new Secret('7:HUSH') } as const;
await startAlertDesk({
  store,
  clock,
  log: silentLog,
  mayTell: () => true,
  routes: [
    {
      route: { id: 'team', language: 'en', only: { confidence: 0 }, quiet: null, channel },
      pen: aPen(),
      channel: createTelegram(channel, { post: postJson, send: openWay({}).send, pictureFor: noPicture }),
      dataDir,
      clock,
      random: () => 0,
      log: silentLog,
    },
  ],
});
