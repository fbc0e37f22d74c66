/** What the demo's sites say over HTTP: the same to everybody, so that inside and outside can be compared. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { VIDEO_NODE } from './sites.ts';
import type { Site } from './sites.ts';

/** About a small front page; enough for a throttled one to be seen trickling. */
const BODY_BYTES = 24_000;
const FILLER = '<p>This page is served by the Aiqyn demo. It stands for a front page of ordinary size.</p>\n';

/** The pattern that catalogues know as `cp-f-gen-ru-9`. */
export const BLOCKPAGE_SENTENCE = 'Ресурс по данному IP-адресу заблокирован';

const TITLES: Readonly<Record<string, string>> = {
  youtube: 'YouTube',
  facebook: 'Facebook - log in or sign up',
  instagram: 'Instagram',
  whatsapp: 'WhatsApp',
  telegram: 'Telegram Messenger',
  signal: 'Signal',
  vk: 'VK',
  ok: 'OK',
  tiktok: 'TikTok',
  x: 'X',
};

/** Answers one request to `site`; null is a host that the demo does not serve. */
export function servePage(site: Site | null, request: IncomingMessage, response: ServerResponse): void {
  if (site?.kind === 'blockpage') {
    serveBlockpage(response);
    return;
  }
  const path = new URL(request.url ?? '/', 'http://demo.invalid').pathname;
  if (path.endsWith('/generate_204')) {
    response.writeHead(204, { 'content-length': 0 }).end();
    return;
  }
  if (path === '/report_mapping') {
    send(response, 200, `192.0.2.1 => ${VIDEO_NODE} : router: "demo" (192.0.2.0/24)\n`);
    return;
  }
  if (site === null) {
    send(response, 404, '<!doctype html><title>Not found</title>\n');
    return;
  }
  const title = TITLES[site.platform ?? ''] ?? site.host;
  const head = `<!doctype html>\n<html lang="en"><head><title>${title}</title></head><body>\n<h1>${site.host}</h1>\n`;
  const body = FILLER.repeat(Math.ceil((BODY_BYTES - head.length) / FILLER.length));
  send(response, 200, `${head}${body}</body></html>\n`);
}

export function serveBlockpage(response: ServerResponse): void {
  const body = `<!doctype html>\n<html lang="ru"><head><title>Ресурс заблокирован</title></head><body><h1>${BLOCKPAGE_SENTENCE}</h1></body></html>\n`;
  send(response, 200, body);
}

function send(response: ServerResponse, code: number, body: string): void {
  response
    .writeHead(code, {
      'content-type': 'text/html; charset=utf-8',
      'content-length': Buffer.byteLength(body),
    })
    .end(body);
}
