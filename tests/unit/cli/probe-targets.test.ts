import { describe, expect, it } from 'vitest';
import { inputOfTarget } from '../../../probes/plan.ts';
import { quicTargetsMeant, targetsMeant } from '../../../src/cli/probe-targets.ts';
import { loadCatalog } from '../../../src/config/catalog-files.ts';
import { ConfigError } from '../../../src/errors.ts';

const catalog = loadCatalog();

describe('targetsMeant(text, catalog)', () => {
  it.each([
    { text: 'https://example.org/page', url: 'https://example.org/page', because: 'a URL is itself' },
    { text: 'example.org', url: 'https://example.org/', because: 'a host means HTTPS' },
    { text: 'example.org:8443', url: 'https://example.org:8443/', because: 'so does host:port' },
    { text: 'example.org:80', url: 'http://example.org/', because: 'port 80 means HTTP' },
    { text: '[2001:db8::1]:443', url: 'https://[2001:db8::1]/', because: 'IPv6 stands in brackets' },
  ])('takes $text for $url: $because', ({ text, url }) => {
    expect(targetsMeant(text, catalog).map((target) => inputOfTarget(target, 'full'))).toEqual([url]);
  });

  it('knows the targets and platforms of the catalogue', () => {
    expect(targetsMeant('youtube-www', catalog).map(({ id }) => id)).toEqual(['youtube-www']);
    const press = targetsMeant('press', catalog);
    expect(press.length).toBeGreaterThan(1);
    expect(press.every(({ platform }) => platform === 'press')).toBe(true);
    expect(targetsMeant('youtube-ingest', catalog)).toMatchObject([
      { probe: 'ingest', host: 'a.rtmps.youtube.com', port: 443 },
    ]);
  });

  it.each([
    ['whatsapp', ['whatsapp-app']],
    ['youtube', ['youtube-app', 'youtube-ingest', 'youtube-ingest-backup']],
    ['facebook', ['facebook-app', 'facebook-messenger', 'facebook-ingest', 'facebook-ingest-api']],
  ])('takes %s for the app in its parts, then for where its live video is sent', (text, ids) => {
    expect(targetsMeant(text, catalog).map(({ id }) => id)).toEqual(ids);
  });

  it('uses what the catalogue knows of a URL, such as its platform', () => {
    const [known] = catalog.targets.filter(({ id }) => id === 'youtube-www');
    expect(targetsMeant(known?.url ?? '', catalog)[0]).toMatchObject({
      id: 'youtube-www',
      platform: 'youtube',
    });
  });

  it('leaves sensitive targets out of a platform, and takes them by name', () => {
    const sensitive = catalog.targets.find((target) => target.sensitive);
    expect(sensitive).toBeDefined();
    if (sensitive === undefined) return;
    const together = catalog.targets.some(
      ({ platform, sensitive: is }) => platform === sensitive.platform && !is,
    )
      ? targetsMeant(sensitive.platform, catalog)
      : [];
    expect(together.map(({ id }) => id)).not.toContain(sensitive.id);
    expect(targetsMeant(sensitive.id, catalog).map(({ id }) => id)).toEqual([sensitive.id]);
  });

  it.each(['you tube', 'ftp://example.org/', 'https://', 'nonsense'])(
    'refuses %s and says what would do',
    (text) => {
      expect(() => targetsMeant(text, catalog)).toThrow(ConfigError);
      expect(() => targetsMeant(text, catalog)).toThrow(/youtube/);
    },
  );
});

describe('quicTargetsMeant(text, catalog)', () => {
  it.each([
    { text: 'example.org', input: 'quic://example.org:443', because: 'HTTP/3 has port 443' },
    { text: 'example.org:8443', input: 'quic://example.org:8443', because: 'a port may be named' },
    {
      text: 'https://example.org/page',
      input: 'quic://example.org:443',
      because: 'of a URL its host is meant',
    },
    {
      text: 'quic://example.org',
      input: 'quic://example.org:443',
      because: 'that is how measurements write it',
    },
    { text: 'youtube', input: 'quic://www.youtube.com:443', because: 'a platform has catalogued hosts' },
    { text: 'facebook-quic', input: 'quic://www.facebook.com:443', because: 'a target has an id' },
  ])('takes $text for $input: $because', ({ text, input }) => {
    expect(quicTargetsMeant(text, catalog).map((target) => inputOfTarget(target, 'full'))).toEqual([input]);
  });

  it('pairs a host with another one', () => {
    for (const host of ['example.org', 'cloudflare-quic.com', 'www.youtube.com']) {
      const [target] = quicTargetsMeant(host, catalog);
      expect(target).toMatchObject({ probe: 'quic', host });
      expect(target).not.toMatchObject({ paired: host });
    }
  });

  it('is meant by quic:// alone, too', () => {
    expect(targetsMeant('quic://example.org', catalog)).toMatchObject([
      { probe: 'quic', host: 'example.org' },
    ]);
    expect(targetsMeant('youtube-quic', catalog)).toMatchObject([{ probe: 'quic' }]);
  });

  it.each(['nonsense', 'ftp://example.org/'])('refuses %s', (text) => {
    expect(() => quicTargetsMeant(text, catalog)).toThrow(ConfigError);
  });
});
