/** What search engines ask for. */
import type { FastifyInstance } from 'fastify';
import type { WebContext } from './context.ts';
import { escapeHtml } from './html.ts';
import { LANGUAGES, localPath } from './languages.ts';
import { originOf } from './origin.ts';
import { publicPages } from './public-pages.ts';

const schema = { hide: true };

export function registerSitemap(app: FastifyInstance, context: WebContext): void {
  app.get('/robots.txt', { schema }, (request, reply) =>
    reply
      .type('text/plain; charset=utf-8')
      .send(
        [
          'User-agent: *',
          'Disallow: /admin',
          'Disallow: /api/export',
          'Allow: /',
          '',
          `Sitemap: ${originOf(context, request)}/sitemap.xml`,
          '',
        ].join('\n'),
      ),
  );
  app.get('/sitemap.xml', { schema }, async (request, reply) => {
    const origin = originOf(context, request);
    const urls = (await publicPages(context)).flatMap(({ path, changedMs }) => {
      const changed = changedMs === null ? '' : `<lastmod>${new Date(changedMs).toISOString()}</lastmod>`;
      return LANGUAGES.map(
        (language) =>
          `<url><loc>${escapeHtml(`${origin}${localPath(language, path)}`)}</loc>${changed}</url>\n`,
      );
    });
    return reply
      .type('application/xml; charset=utf-8')
      .send(
        `<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n${urls.join('')}</urlset>\n`,
      );
  });
}
