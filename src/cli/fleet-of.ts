/** Where an agent finds its collector and its keys. */
import { join } from 'node:path';
import type { Config, FleetConfig } from '../config/config.ts';
import { CONFIG_FILE_NAME } from '../config/config.ts';
import { ConfigError } from '../errors.ts';

/** @throws ConfigError where the configuration names no collector. */
export function fleetOf({ fleet, file }: Pick<Config, 'fleet' | 'file'>): FleetConfig {
  if (fleet === null)
    throw new ConfigError(
      `${file ?? CONFIG_FILE_NAME} fleet`,
      'the collector’s address is needed under `fleet.collectors`',
    );
  return fleet;
}

export function keyPath(dataDir: string, vantage: string): string {
  return join(dataDir, 'keys', `${vantage}.pem`);
}

/** Where a vantage keeps the public key that bundles for its collector are sealed with. */
export function collectorKeyPath(dataDir: string, vantage: string): string {
  return join(dataDir, 'keys', `${vantage}.collector`);
}

/** Where a collector keeps the key that opens them. */
export function boxKeyPath(dataDir: string): string {
  return join(dataDir, 'fleet', 'bundle-key.pem');
}

/** Where a running collector says how it is reached on its own machine. */
export function doorPath(dataDir: string): string {
  return join(dataDir, 'fleet', 'door.json');
}
