/**
 * The censor: what becomes of a connection, a ClientHello, a request or a question, by the scenario's actions at this moment.
 * It decides only; fronts.ts, name-server.ts and world.ts carry it out. `outside` (the control) is never censored, but a site
 * that is down is down for it, too.
 *
 * Loss and `fraction` are drawn once per connection and method: at the route for what hits the address, at the ClientHello
 * for what hits the name, at the answer for what hits DNS.
 */
import type { Clock } from '../../probes/probe.ts';
import type { Action, BlockMethod, Scenario } from '../scenario/scenario.ts';
import { createWorld } from '../scenario/world.ts';
import type { Conditions, PlatformConditions, ScenarioVantage, Share } from '../scenario/world.ts';
import { BLOCKPAGE_ADDRESS, BOGON_ADDRESS } from './sites.ts';
import type { Site } from './sites.ts';

export type Party = ScenarioVantage | 'outside';
export type ResolverPlace = 'operator' | 'abroad';

export type RouteFate = 'pass' | 'drop' | 'refuse';
export type AcceptFate = 'pass' | 'silence' | 'reset';
export type NameFate = 'pass' | 'drop' | 'reset' | 'close' | 'forge' | 'blockpage';
export type QuicFate = 'pass' | 'drop' | 'forge';
export type DnsFate =
  { readonly kind: 'pass' | 'silence' | 'nxdomain' } | { readonly kind: 'false'; readonly address: string };

export interface Censor {
  /** Nothing at all passes: shutdown, operator outage or power loss. */
  isCut(party: Party): boolean;
  /** Whether what it measures reaches the collector. */
  hasUplink(party: Party): boolean;
  hasPower(party: Party): boolean;
  /** False while only the allow-list passes. */
  hasForeign(party: Party): boolean;
  isControlDown(): boolean;
  /** Cut, or outside the allow-list. */
  isOutOfReach(party: Party, site: Site): boolean;
  atRoute(party: Party, site: Site): RouteFate;
  atAccept(party: Party, site: Site): AcceptFate;
  /** `named` is the site whose name stands in the ClientHello or Host header; null for a harmless one. */
  atName(party: Party, named: Site | null): NameFate;
  /** Whether UDP to port 443 passes, whoever it is for. */
  hasQuic(party: Party): boolean;
  /** `named` as for `atName`, in the first packet of a QUIC connection. */
  atQuicName(party: Party, named: Site | null): QuicFate;
  /** Kilobits per second, or null where nothing is slowed: by the server's address, or, where the action names hosts, by the name sent. */
  rateKbps(party: Party, site: Site, named: Site | null): number | null;
  atQuestion(party: Party, asked: Site | null, resolver: ResolverPlace): DnsFate;
}

interface Options {
  readonly scenario: Scenario;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly random: () => number;
}

const ROUTE_FATES: Partial<Record<string, RouteFate>> = { drop: 'drop', refused: 'refuse' };
const NAME_FATES: Partial<Record<BlockMethod, NameFate>> = {
  sni_drop: 'drop',
  sni_reset: 'reset',
  eof: 'close',
  blockpage: 'blockpage',
};

/** What holds for a party at this moment, and what chance makes of it for one connection. */
function createOdds({ scenario, clock, random }: Options) {
  const at = createWorld(scenario);

  function conditions(party: Party): Conditions | null {
    return party === 'outside' ? null : at(clock.nowMs(), party);
  }
  function on(party: Party, site: Site | null): PlatformConditions | null {
    return site?.platform == null ? null : (conditions(party)?.platforms[site.platform] ?? null);
  }
  /** The method of the block, where it is one of these and this connection is among those touched. */
  function block(party: Party, site: Site | null, methods: readonly BlockMethod[]): BlockMethod | null {
    const share = on(party, site)?.block ?? null;
    if (share === null || !methods.includes(share.what) || !isAmong(share.hosts, site)) return null;
    if (random() >= share.fraction) return null;
    return share.what;
  }
  function isIntercepted(party: Party, named: Site | null): boolean {
    const intercept = on(party, named)?.intercept ?? null;
    return intercept !== null && random() < intercept.fraction;
  }
  function isLost(party: Party): boolean {
    return random() * 100 < (conditions(party)?.lossPercent ?? 0);
  }
  return { conditions, on, block, isIntercepted, isLost };
}

export function createCensor(options: Options): Censor {
  const { scenario, clock, random } = options;
  const { conditions, on, block, isIntercepted, isLost } = createOdds(options);

  function isCut(party: Party): boolean {
    const now = conditions(party);
    return now !== null && (!now.hasPower || now.network === 'offline');
  }
  function hasForeign(party: Party): boolean {
    const now = conditions(party);
    return now === null || (now.hasPower && now.network === 'online');
  }
  function isOutOfReach(party: Party, site: Site): boolean {
    return isCut(party) || (!hasForeign(party) && !site.allowListed);
  }
  return {
    isCut,
    hasUplink: (party) => !isCut(party) && conditions(party)?.hasUplink !== false,
    hasPower: (party) => conditions(party)?.hasPower !== false,
    hasForeign,
    isControlDown: () => isControlDown(scenario, clock.nowMs()),
    isOutOfReach,
    atRoute: (party, site) => {
      if (isOutOfReach(party, site) || isLost(party)) return 'drop';
      if (isDown(scenario, clock.nowMs(), site)) return 'refuse';
      return ROUTE_FATES[block(party, site, ['drop', 'refused']) ?? ''] ?? 'pass';
    },
    atAccept: (party, site) => {
      if (isOutOfReach(party, site)) return 'silence';
      return block(party, site, ['reset']) === null ? 'pass' : 'reset';
    },
    atName: (party, named) => {
      const method = block(party, named, ['sni_drop', 'sni_reset', 'eof', 'blockpage']);
      if (method !== null) return NAME_FATES[method] ?? 'pass';
      return isIntercepted(party, named) ? 'forge' : 'pass';
    },
    hasQuic: (party) => conditions(party)?.hasQuic !== false,
    atQuicName: (party, named) => {
      if (on(party, named)?.isQuicBlocked === true) return 'drop';
      return isIntercepted(party, named) ? 'forge' : 'pass';
    },
    rateKbps: (party, site, named) => {
      const throttle = on(party, site)?.throttle ?? null;
      return throttle !== null && isAmong(throttle.hosts, named) ? drawn(throttle, random) : null;
    },
    atQuestion: (party, asked, resolver) => {
      if (isCut(party) || isLost(party)) return { kind: 'silence' };
      if (resolver === 'abroad' && !hasForeign(party)) return { kind: 'silence' };
      return falseAnswer(block(party, asked, lyingMethods(resolver)));
    },
  };
}

function drawn<T>({ what, fraction }: Share<T>, random: () => number): T | null {
  return random() < fraction ? what : null;
}

/** Whether the site's name is one of these or under one of them; every name where there are none. */
function isAmong(hosts: readonly string[] | undefined, site: Site | null): boolean {
  return hosts?.some((host) => site?.host === host || site?.host.endsWith(`.${host}`) === true) ?? true;
}

/** Scope does not count here: a site that is down is so for everybody. */
function isDown(scenario: Scenario, atMs: number, { platform }: Site): boolean {
  return isUnderWay(
    scenario,
    atMs,
    (action) => action.do === 'site_down' && action.platforms.some((name) => name === platform),
  );
}

function isControlDown(scenario: Scenario, atMs: number): boolean {
  return isUnderWay(scenario, atMs, (action) => action.do === 'control_down');
}

function isUnderWay(scenario: Scenario, atMs: number, isMeant: (action: Action) => boolean): boolean {
  return scenario.actions.some((action) => action.from <= atMs && atMs < action.to && isMeant(action));
}

/** An operator's resolver lies in every way; a question on its way abroad can only be answered before the true answer. */
function lyingMethods(resolver: ResolverPlace): readonly BlockMethod[] {
  return resolver === 'operator' ? ['nxdomain', 'bogon', 'injected_answer'] : ['injected_answer'];
}

function falseAnswer(method: BlockMethod | null): DnsFate {
  if (method === null) return { kind: 'pass' };
  if (method === 'nxdomain') return { kind: 'nxdomain' };
  return { kind: 'false', address: method === 'bogon' ? BOGON_ADDRESS : BLOCKPAGE_ADDRESS };
}
