/**
 * This machine's lines: of each vantage the network it measures with, and the ways by which it asks the control and sends to the
 * collector. All of a vantage leaves by its own line. What its line cannot send may leave by another one of the same agent,
 * unless the configuration forbids it.
 */
import { isPluggedIn, isThere } from '../../probes/net/line.ts';
import type { LineOptions } from '../../probes/net/line.ts';
import { createLineNames } from '../../probes/net/line-names.ts';
import { openWay, postBy, postJson } from '../../probes/net/post-json.ts';
import type { PostJson, SendPlain, Way, WayOptions } from '../../probes/net/post-json.ts';
import type { Network } from '../../probes/network.ts';
import type { Clock, ControlClient } from '../../probes/probe.ts';
import type { Config } from '../config/config.ts';
import type { LineConfig } from '../config/line-schema.ts';
import type { Log } from '../log.ts';
import type { ControlState } from '../web/notice.ts';
import { controlOf } from './control-of.ts';
import { isBound, lineOf, networkOf } from './network-of.ts';
import { watchControl } from './watched-control.ts';
import type { WatchedControl } from './watched-control.ts';

/** One vantage's. */
export interface Line {
  /** Whether the line's device is gone from this machine. */
  readonly isAway: () => boolean;
  readonly network: Network;
  readonly control: ControlClient | null;
  /** By its own line. */
  readonly send: SendPlain;
  /** To the control, by its own line. */
  readonly sendToControl: SendPlain;
  /** By the other lines, for what could not leave by its own; empty where that is forbidden. */
  readonly elsewhere: readonly SendPlain[];
}

export interface Lines {
  /** @throws RangeError where the configuration has no such vantage. */
  of(vantageId: string): Line;
  /** One for each control client. */
  controlStates(): readonly ControlState[];
  close(): Promise<void>;
}

type LinesConfig = Pick<Config, 'vantages' | 'resolvers' | 'control' | 'fleet'>;

interface Opened {
  readonly id: string;
  readonly isAway: () => boolean;
  readonly network: Network;
  readonly toControl: Way;
  readonly toCollector: Way;
}

/** Nothing is sent before it is asked for. */
export function openLines(
  config: LinesConfig,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): Lines {
  const { socks, authority, otherLines } = config.fleet ?? { socks: null, authority: null, otherLines: true };
  const fleetWay: WayOptions = {
    ...(socks === null ? {} : { socks }),
    ...(authority === null ? {} : { authority }),
  };
  // Those that are bound to no line share the system's.
  const shared = { toControl: openWay({}), toCollector: openWay(fleetWay) };
  const opened = config.vantages.map((vantage): Opened => {
    const line = lineOf(vantage);
    const network = saidWhenAway(networkOf(config, vantage), line, { id: vantage.id, log });
    if (!isBound(line)) return { id: vantage.id, isAway: () => false, network, ...shared };
    const way = { line: { line, addressesOf: createLineNames(network) } };
    return {
      id: vantage.id,
      isAway: () => !isPluggedIn(line),
      network,
      toControl: openWay(way),
      toCollector: socks === null ? openWay({ ...fleetWay, ...way }) : shared.toCollector,
    };
  });
  const controls = controlsOf(config, opened, otherLines, clock);
  const ways = new Set([shared, ...opened].flatMap(({ toControl, toCollector }) => [toControl, toCollector]));
  return {
    of(vantageId) {
      const own = opened.find(({ id }) => id === vantageId);
      if (own === undefined) throw new RangeError(`there is no vantage ${vantageId}`);
      const others = new Set(opened.map(({ toCollector }) => toCollector));
      others.delete(own.toCollector);
      return {
        isAway: own.isAway,
        network: own.network,
        control: controls.get(own.toControl)?.client ?? null,
        send: own.toCollector.send,
        sendToControl: own.toControl.send,
        elsewhere: otherLines ? [...others].map(({ send }) => send) : [],
      };
    },
    controlStates: () => [...controls.values()].map((control) => control.state()),
    close: async () => {
      await Promise.all([...ways].map(async (way) => way.close()));
    },
  };
}

/** One client for each way, so that vantages that share a way share answers. */
function controlsOf(
  config: LinesConfig,
  opened: readonly Opened[],
  otherLines: boolean,
  clock: Clock,
): ReadonlyMap<Way, WatchedControl> {
  const ways = [...new Set(opened.map(({ toControl }) => toControl))];
  return new Map(
    ways.map((own) => {
      const others = otherLines ? ways.filter((way) => way !== own) : [];
      const send = inTurn([own, ...others].map((way) => way.send));
      return [own, watchControl(controlOf(config, clock, postBy(send)))];
    }),
  );
}

/** To the control by a vantage's own line alone, for a command that measures once. */
export function postFrom(vantage: LineConfig, network: Network): PostJson {
  const line = lineOf(vantage);
  if (!isBound(line)) return postJson;
  return postBy(openWay({ line: { line, addressesOf: createLineNames(network) } }).send);
}

/** The first answer that is one. */
function inTurn(sends: readonly SendPlain[]): SendPlain {
  return async (message, signal) => {
    let last: Awaited<ReturnType<SendPlain>> = { failure: null, status: 0, body: null };
    for (const send of sends) {
      last = await send(message, signal);
      if (last.failure === null || signal.aborted) return last;
    }
    return last;
  };
}

/** Says once that a line went away, and once that it is back: each round of the rings looks. Never under which address. */
function saidWhenAway(
  network: Network,
  line: LineOptions,
  { id, log }: { readonly id: string; readonly log: Log },
): Network {
  if (!isBound(line)) return network;
  let wasThere = true;
  return {
    ...network,
    checkGateway: async (limits) => {
      const isNow = isThere(line);
      const fields = { vantage: id, ...(line.interface === undefined ? {} : { interface: line.interface }) };
      if (wasThere && !isNow)
        log.warn(
          fields,
          'The line of this vantage is away: its interface or address is not on this machine. It is offline until the line is back; the others go on.',
        );
      if (!wasThere && isNow) log.info(fields, 'The line of this vantage is back.');
      wasThere = isNow;
      return network.checkGateway(limits);
    },
  };
}
