/** E-mail over SMTP. All messages of an incident are one thread; a second try has the same Message-ID. */
import { createTransport } from 'nodemailer';
import type { ChannelConfig } from '../../config/alerts-config.ts';
import type { Channel, Delivery } from '../channel.ts';
import type { PictureFor } from '../picture.ts';

const CONNECT_MS = 10_000;
const SILENCE_MS = 20_000;
/** RFC 5321: 4xx passes, 5xx does not; a refused login (535, 530) is mended by people. */
const PERMANENT = 500;
const LOGIN_CODES = [530, 534, 535, 538];

type EmailConfig = Extract<ChannelConfig, { channel: 'email' }>;

function transportOf({ host, port, tls, login }: EmailConfig) {
  return createTransport({
    host,
    port,
    secure: tls === 'implicit',
    requireTLS: tls === 'starttls',
    ignoreTLS: tls === 'none',
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    socketTimeout: SILENCE_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(login === null ? {} : { auth: { user: login.username, pass: login.password.reveal() } }),
  });
}

/** The server's words may quote a login, so only its code is kept. */
function failureOf(error: unknown): Delivery {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  const status = error instanceof Error && 'responseCode' in error ? Number(error.responseCode) : 0;
  const reason = status > 0 ? `SMTP ${status} (${code})` : code;
  if (status >= PERMANENT && !LOGIN_CODES.includes(status)) return { outcome: 'refused', reason };
  return { outcome: 'unreachable', reason, afterMs: null };
}

/** Our own end; a mail that was on its way comes again with the same Message-ID. */
async function whenAborted(signal: AbortSignal): Promise<Delivery> {
  const delivery = { outcome: 'unreachable', reason: 'interrupted', afterMs: null } as const;
  if (signal.aborted) return delivery;
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => {
      resolve(delivery);
    });
  });
}

export function createEmail(config: EmailConfig, pictureFor: PictureFor): Channel {
  const domain = config.from.replace(/^.*@/, '').replace(/>$/, '');
  return {
    async deliver(message, signal) {
      const { key, title, body, url, earlier, atMs } = message;
      const picture = await pictureFor(message, signal);
      const messageId = `<${key}@${domain}>`;
      const transport = transportOf(config);
      try {
        const sending = transport.sendMail({
          from: config.from,
          to: [...config.to],
          subject: title,
          text: [body, ...(url === null ? [] : [url])].join('\n\n'),
          messageId,
          date: new Date(atMs),
          attachments:
            picture === null
              ? []
              : [{ filename: 'incident.png', content: picture, contentDisposition: 'inline' as const }],
          headers: { 'Auto-Submitted': 'auto-generated' },
          ...(earlier === null ? {} : { inReplyTo: earlier, references: earlier }),
        });
        return await Promise.race([
          sending.then(() => ({ outcome: 'delivered', handle: earlier ?? messageId }) as const),
          whenAborted(signal),
        ]);
      } catch (error) {
        return failureOf(error);
      } finally {
        transport.close();
      }
    },
  };
}
