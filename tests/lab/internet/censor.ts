/**
 * What an operator's middlebox does to packets, as commands of its own namespace. Names are matched in the packet that carries
 * them, addresses in its header; nothing here knows what a probe is.
 */
import { BOGON_ADDRESS } from '../../../src/demo/sites.ts';
import { LINES, siteOf } from './geography.ts';
import type { Line, Measured, Operator } from './geography.ts';
import { interfaceOfLine, addressOfInjector, addressOfMiddlebox } from './topology.ts';

/** Every line of an operator, as iptables writes it. */
const FROM_LINES = '-i line+';
const TLS = '-p tcp --dport 443';
const QUESTION = '-p udp --dport 53';
/** Where the middlebox's programs listen on its own address. */
export const INTERCEPTOR_PORT = 8443;
export const LIAR_PORT = 5353;
const SLOW_CLASS = '1:20';
/** Slower than any page is meant for, and faster than silence. */
const SLOW_RATE = '32kbit';

/** What an operator can do to a platform. Each word is a real filter; the verdicts' words for them are in the tests. */
export type Filter =
  | 'drop name'
  | 'reset name'
  | 'drop address'
  | 'refuse address'
  | 'inject answer'
  | 'lie in resolver'
  | 'intercept'
  | 'slow down';

function named(platform: Measured): string {
  return `-m string --algo bm --string ${siteOf(platform).host}`;
}

/** A name as it stands in a DNS question: each label behind its length. */
function asked(platform: Measured): string {
  const labels = siteOf(platform).host.split('.');
  const hex = labels.map((label) => {
    const bytes = Buffer.from(label);
    return Buffer.concat([Buffer.from([bytes.length]), bytes]).toString('hex');
  });
  return `--hex-string |${hex.join('')}|`;
}

const BYTES = '-m string --algo bm';

/** The commands, in order. `intercept`, `inject answer` and `lie in resolver` need their program beside them. */
export function filterOf(what: Filter, platform: Measured, operator: Operator): readonly string[] {
  const { address } = siteOf(platform);
  switch (what) {
    case 'drop name':
      return [`iptables -A FORWARD ${FROM_LINES} ${TLS} ${named(platform)} -j DROP`];
    case 'reset name':
      return [
        `iptables -A FORWARD ${FROM_LINES} ${TLS} ${named(platform)} -j REJECT --reject-with tcp-reset`,
      ];
    case 'drop address':
      return [`iptables -A FORWARD ${FROM_LINES} -d ${address} -j DROP`];
    case 'refuse address':
      return [`iptables -A FORWARD ${FROM_LINES} -p tcp -d ${address} -j REJECT --reject-with tcp-reset`];
    case 'inject answer':
      // The question goes on and is answered as well, later: a box beside the way only adds its own.
      return [
        `iptables -t mangle -A PREROUTING ${FROM_LINES} ${QUESTION} ${BYTES} ${asked(platform)} -j TEE --gateway ${addressOfInjector(operator)}`,
      ];
    case 'lie in resolver': {
      const liar = `${addressOfMiddlebox(operator)}:${LIAR_PORT}`;
      return [
        // The kernel keeps to what it decided of a port: were all questions tracked, one that comes by chance from the port of an
        // earlier one, about another name, would reach the true resolver.
        'iptables -t raw -A PREROUTING -p udp --sport 53 -j CT --notrack',
        `iptables -t raw -A PREROUTING ${FROM_LINES} ${QUESTION} ${BYTES} ! ${asked(platform)} -j CT --notrack`,
        `iptables -t nat -A PREROUTING ${FROM_LINES} ${QUESTION} ${BYTES} ${asked(platform)} -j DNAT --to-destination ${liar}`,
      ];
    }
    case 'intercept': {
      const proxy = `${addressOfMiddlebox(operator)}:${INTERCEPTOR_PORT}`;
      return [
        `iptables -t nat -A PREROUTING ${FROM_LINES} ${TLS} -d ${address} -j DNAT --to-destination ${proxy}`,
      ];
    }
    case 'slow down':
      return [
        `iptables -t mangle -A POSTROUTING -o line+ -s ${address} -j CLASSIFY --set-class ${SLOW_CLASS}`,
        ...LINES.filter((line) => line.operator === operator).flatMap((line) =>
          slowClass(interfaceOfLine(line)),
        ),
      ];
  }
}

/** Two classes towards a line: all that is not told apart passes freely, the rest goes through a token bucket. */
function slowClass(dev: string): readonly string[] {
  return [
    `tc qdisc add dev ${dev} root handle 1: htb default 10`,
    `tc class add dev ${dev} parent 1: classid 1:10 htb rate 1gbit quantum 60000`,
    `tc class add dev ${dev} parent 1: classid ${SLOW_CLASS} htb rate 1gbit quantum 60000`,
    `tc qdisc add dev ${dev} parent ${SLOW_CLASS} handle 20: tbf rate ${SLOW_RATE} burst 4kb latency 400ms`,
  ];
}

/** The program that stands beside these filters of one operator, as arguments of censor-process.ts, and where it runs. */
export interface Helper {
  readonly at: 'operator' | 'injector';
  readonly args: readonly string[];
}

export function helperOf(
  what: Filter,
  platform: Measured,
  operator: Operator,
  resolvers: readonly string[],
): Helper | null {
  switch (what) {
    case 'inject answer':
      return {
        at: 'injector',
        args: ['answer', BOGON_ADDRESS, ...resolvers.map((address) => `${address}:53`)],
      };
    case 'lie in resolver':
      return { at: 'operator', args: ['answer', 'nxdomain', `${addressOfMiddlebox(operator)}:${LIAR_PORT}`] };
    case 'intercept':
      return {
        at: 'operator',
        args: ['intercept', addressOfMiddlebox(operator), `${INTERCEPTOR_PORT}=${siteOf(platform).address}`],
      };
    case 'drop name':
    case 'reset name':
    case 'drop address':
    case 'refuse address':
    case 'slow down':
      return null;
  }
}

/** Nothing passes this line any more, in either direction; established connections fall silent. */
export function cut(line: Line): readonly string[] {
  const dev = interfaceOfLine(line);
  return [`iptables -I FORWARD -i ${dev} -j DROP`, `iptables -I FORWARD -o ${dev} -j DROP`];
}

export function restore(line: Line): readonly string[] {
  return cut(line).map((command) => command.replace(' -I ', ' -D '));
}

/** Only these addresses pass, for all lines of the operator. */
export function allowOnly(addresses: readonly string[]): readonly string[] {
  return [
    ...addresses.map((address) => `iptables -A FORWARD ${FROM_LINES} -d ${address} -j ACCEPT`),
    `iptables -A FORWARD ${FROM_LINES} -j DROP`,
  ];
}

/** Everything passes again. */
export function lift(): readonly string[] {
  return ['iptables -F FORWARD'];
}
