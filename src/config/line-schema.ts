/** The keys of a vantage that say by which line of the machine it measures. */
import { isIP } from 'node:net';
import { z } from 'zod';
import { Resolver } from './resolver-schema.ts';

const IpAddress = z.string().refine((text) => isIP(text) !== 0, 'an IP address, such as 192.168.8.100');

export const LINE_KEYS = {
  localAddress: IpAddress.optional(),
  /** As `ip address` shows it; its address is looked up for each connection, because modems get new ones. */
  interface: z
    .string()
    .regex(/^[\w.:-]{1,15}$/, 'an interface, such as wwan0; `ip address` lists them')
    .optional(),
  /** The line's own resolver, such as its modem; stands in for the system's, which cannot be bound to a line. */
  resolver: Resolver.optional(),
};

/** What a vantage of the configuration says of its line. */
export interface LineConfig {
  readonly localAddress?: string | undefined;
  readonly interface?: string | undefined;
  readonly resolver?: string | undefined;
}

export function refuseTwoLines(line: LineConfig, context: z.RefinementCtx): void {
  if (line.localAddress === undefined || line.interface === undefined) return;
  context.addIssue({
    code: 'custom',
    path: ['interface'],
    message: 'either `localAddress` or `interface`, not both',
  });
}
