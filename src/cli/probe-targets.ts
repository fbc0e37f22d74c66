/** What a person may name on the command line: a URL, a host, host:port, a target of the catalogue, an app or platform. */
import type { Catalog } from '../../probes/catalog.ts';
import type { QuicFact } from '../../probes/kinds.ts';
import type { PlannedTarget } from '../../probes/plan.ts';
import { plannedOf } from '../config/catalog-files.ts';
import { ConfigError } from '../errors.ts';

/** `example.org` and `example.org:8443` mean HTTPS, port 80 means HTTP. Null where the text is neither a host nor a URL. */
function urlOf(text: string): string | null {
  if (/^https?:\/\//i.test(text)) return URL.canParse(text) ? new URL(text).href : null;
  if (text.includes('://') || !/[.:]/.test(text)) return null;
  const guess = text.endsWith(':80') ? `http://${text}` : `https://${text}`;
  return URL.canParse(guess) ? new URL(guess).href : null;
}

/** A platform that is an app is meant in its parts, with the hosts where its live video is sent. */
function appOf(platform: string, catalog: Catalog): PlannedTarget[] {
  const own = catalog.kindTargets.filter((target) => target.platform === platform && !target.sensitive);
  return (['app', 'ingest'] as const).flatMap((kind) => own.filter(({ probe }) => probe === kind));
}

const QUIC_PORT = 443;

/**
 * What `aiqyn probe quic …` means: a platform's or catalogued host's HTTP/3, or that of any host, `host:port` or URL.
 * @throws ConfigError where it means nothing.
 */
export function quicTargetsMeant(text: string, catalog: Catalog): PlannedTarget[] {
  const known = catalog.kindTargets.filter((target) => target.probe === 'quic');
  const named = known.filter(
    ({ id, platform, sensitive }) => id === text || (platform === text && !sensitive),
  );
  if (named.length > 0) return named;
  const url = urlOf(text.replace(/^(?:quic|https?):\/\//i, ''));
  if (url === null) {
    throw new ConfigError(
      'probe quic',
      `"${text}" is no host, no host:port and no platform of probes/catalog/quic.yaml`,
    );
  }
  const { hostname, port } = new URL(url);
  return [
    {
      id: 'command-line',
      platform: 'control',
      probe: 'quic',
      name: hostname,
      sensitive: false,
      source: 'named on the command line',
      host: hostname,
      port: port === '' ? QUIC_PORT : Number(port),
      paired: pairedWith(hostname, known),
    },
  ];
}

/** Another host than this one; that it is nobody's own choice matters little to a person who looks. */
function pairedWith(host: string, known: readonly QuicFact[]): string {
  const others = known.flatMap((target) => [target.paired, target.host]);
  return others.find((other) => other !== host) ?? host;
}

/**
 * The targets meant by `text`, at least one. Sensitive targets of a platform are left out; a person who wants one names it.
 * @throws ConfigError where it means nothing.
 */
export function targetsMeant(text: string, catalog: Catalog): PlannedTarget[] {
  if (/^quic:\/\//i.test(text)) return quicTargetsMeant(text, catalog);
  const named = [...catalog.targets, ...catalog.kindTargets].filter(({ id }) => id === text);
  if (named.length > 0) return named.map(plannedOf);
  const app = appOf(text, catalog);
  if (app.length > 0) return app;
  const ofPlatform = catalog.targets.filter(({ platform, sensitive }) => platform === text && !sensitive);
  if (ofPlatform.length > 0) return ofPlatform.map(plannedOf);
  const url = urlOf(text);
  if (url === null) {
    const platforms = catalog.platforms.map(({ id }) => id).join(', ');
    throw new ConfigError(
      'probe',
      `"${text}" is no URL, no host:port, no target of the catalogue and no platform (${platforms})`,
    );
  }
  const fact = catalog.targets.find((target) => target.url === url);
  return [
    fact === undefined
      ? { id: 'command-line', platform: 'control', probe: 'web', url, lightUrl: url }
      : plannedOf(fact),
  ];
}
