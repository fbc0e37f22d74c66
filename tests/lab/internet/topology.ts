/**
 * The lab's wires. Every namespace hangs on the exchange, vantages on their operator, and nothing on the machine: there is no
 * interface in the machine's own namespace and no default route behind the exchange.
 *
 *   vantage ──┐
 *   vantage ──┤ operator (router and middlebox) ── exchange ── home (domestic servers, operators' resolver)
 *   injector ─┘                                        ├────── abroad (platforms, resolvers)
 *                                                      ├────── control
 *                                                      └────── centre (collector)
 */
import { addressesOf, HOME_RESOLVERS, LINES, OPERATORS, RESOLVERS_ABROAD } from './geography.ts';
import type { Line, Operator } from './geography.ts';
import { ipBatch, runInside, setResolver } from './namespaces.ts';
import { OPERATOR_RESOLVER_ADDRESS, ABROAD_RESOLVER_ADDRESS } from '../../../src/demo/sites.ts';

const PARTS = ['home', 'abroad', 'control', 'centre'] as const;
export type Part = (typeof PARTS)[number];

/** The names of a lab's namespaces. */
export interface Wires {
  readonly exchange: string;
  part(part: Part): string;
  operator(operator: Operator): string;
  injector(operator: Operator): string;
  vantage(line: Line): string;
  readonly all: readonly string[];
}

export function namesOf(lab: string): Wires {
  const wires = {
    exchange: `${lab}-ix`,
    part: (part: Part) => `${lab}-${part}`,
    operator: (operator: Operator) => `${lab}-${operator}`,
    injector: (operator: Operator) => `${lab}-${operator}-injector`,
    vantage: ({ vantage }: Line) => `${lab}-${vantage.id}`,
  };
  return {
    ...wires,
    all: [
      wires.exchange,
      ...PARTS.map(wires.part),
      ...OPERATORS.flatMap((operator) => [wires.operator(operator), wires.injector(operator)]),
      ...LINES.map(wires.vantage),
    ],
  };
}

const LINES_PER_OPERATOR = 16;

function indexOf(operator: Operator): number {
  return OPERATORS.indexOf(operator);
}

/** First three octets of the wire between the exchange and …; its end there is `.1`, the other `.2`. */
function trunk(index: number): string {
  return `100.64.${index}`;
}

export function addressOfPart(part: Part): string {
  return `${trunk(OPERATORS.length + PARTS.indexOf(part))}.2`;
}

function lineNet({ operator, number }: Line): string {
  return `100.65.${indexOf(operator) * LINES_PER_OPERATOR + number}`;
}

export function addressOfLine(line: Line): string {
  return `${lineNet(line)}.2`;
}

/** The operator's end of the line: the vantage's gateway. */
export function gatewayOfLine(line: Line): string {
  return `${lineNet(line)}.1`;
}

/** What the line is called at its operator. */
export function interfaceOfLine({ number }: Line): string {
  return `line${number}`;
}

function injectorNet(operator: Operator): string {
  return `100.66.${indexOf(operator)}`;
}

/** The operator's own address, where its middlebox's programs listen. */
export function addressOfMiddlebox(operator: Operator): string {
  return `${injectorNet(operator)}.1`;
}

export function addressOfInjector(operator: Operator): string {
  return `${injectorNet(operator)}.2`;
}

function up(...interfaces: readonly string[]): string[] {
  return ['lo', ...interfaces].map((name) => `link set ${name} up`);
}

/** Makes all of it. Takes about a second. */
export async function layWires(wires: Wires): Promise<void> {
  await ipBatch(null, [...wires.all.map((name) => `netns add ${name}`), ...pairsOf(wires)]);
  const routers = [wires.exchange, ...OPERATORS.map((operator) => wires.operator(operator))];
  await Promise.all([
    ...routers.map(async (name) =>
      runInside(
        name,
        'sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.all.send_redirects=0',
      ),
    ),
    ipBatch(wires.exchange, exchangeLines()),
    ...PARTS.map(async (part) => ipBatch(wires.part(part), partLines(part))),
    ...OPERATORS.flatMap((operator) => [
      ipBatch(wires.operator(operator), operatorLines(operator)),
      ipBatch(wires.injector(operator), injectorLines(operator)),
    ]),
    ...LINES.map(async (line) => ipBatch(wires.vantage(line), vantageLines(line))),
  ]);
  for (const line of LINES) setResolver(wires.vantage(line), OPERATOR_RESOLVER_ADDRESS);
  setResolver(wires.part('control'), ABROAD_RESOLVER_ADDRESS);
}

function pair(one: string, name: string, other: string, otherName: string): string {
  return `link add ${name} netns ${one} type veth peer name ${otherName} netns ${other}`;
}

function pairsOf(wires: Wires): string[] {
  return [
    ...OPERATORS.flatMap((operator) => [
      pair(wires.exchange, operator, wires.operator(operator), 'wan'),
      pair(wires.operator(operator), 'injector', wires.injector(operator), 'wan'),
    ]),
    ...PARTS.map((part) => pair(wires.exchange, part, wires.part(part), 'wan')),
    ...LINES.map((line) =>
      pair(wires.operator(line.operator), interfaceOfLine(line), wires.vantage(line), 'wan'),
    ),
  ];
}

function exchangeLines(): string[] {
  const ends = [...OPERATORS, ...PARTS];
  return [
    ...ends.map((name, index) => `addr add ${trunk(index)}.1/30 dev ${name}`),
    ...up(...ends),
    ...OPERATORS.map(
      (_, index) => `route add 100.65.${index * LINES_PER_OPERATOR}.0/20 via ${trunk(index)}.2`,
    ),
    ...OPERATORS.map((operator, index) => `route add ${injectorNet(operator)}.0/30 via ${trunk(index)}.2`),
    ...(['home', 'abroad'] as const).flatMap((part) =>
      addressesOf(part).map((address) => `route add ${address}/32 via ${addressOfPart(part)}`),
    ),
  ];
}

/** Servers answer for all their addresses; what they send goes to the exchange. */
function partLines(part: Part): string[] {
  const net = trunk(OPERATORS.length + PARTS.indexOf(part));
  const own = part === 'home' || part === 'abroad' ? addressesOf(part) : [];
  return [
    `addr add ${net}.2/30 dev wan`,
    ...own.map((address) => `addr add ${address}/32 dev lo`),
    ...up('wan'),
    `route add default via ${net}.1`,
  ];
}

function operatorLines(operator: Operator): string[] {
  const net = trunk(indexOf(operator));
  const lines = LINES.filter((line) => line.operator === operator);
  return [
    `addr add ${net}.2/30 dev wan`,
    `addr add ${addressOfMiddlebox(operator)}/30 dev injector`,
    ...lines.map((line) => `addr add ${gatewayOfLine(line)}/30 dev ${interfaceOfLine(line)}`),
    ...up('wan', 'injector', ...lines.map(interfaceOfLine)),
    `route add default via ${net}.1`,
  ];
}

/** Speaks for every resolver: a question that is copied here is answered in its name. */
function injectorLines(operator: Operator): string[] {
  const resolvers = [...HOME_RESOLVERS, ...RESOLVERS_ABROAD];
  return [
    `addr add ${addressOfInjector(operator)}/30 dev wan`,
    ...resolvers.map((address) => `addr add ${address}/32 dev lo`),
    ...up('wan'),
    `route add default via ${addressOfMiddlebox(operator)}`,
  ];
}

function vantageLines(line: Line): string[] {
  return [
    `addr add ${addressOfLine(line)}/30 dev wan`,
    ...up('wan'),
    `route add default via ${gatewayOfLine(line)}`,
  ];
}
