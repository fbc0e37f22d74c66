/** Options that several commands share, as commander's `option` takes them. */
import { InvalidArgumentError } from 'commander';

export const CONFIG_OPTION = [
  '-c, --config <file>',
  'configuration (default: ./aiqyn.yaml where there is one)',
] as const;
export const DATA_DIR_OPTION = [
  '-d, --data-dir <dir>',
  'where measurements are kept (default: ./aiqyn-data)',
] as const;
export const JSON_OPTION = ['--json', 'machine-readable output on stdout and nothing else'] as const;
export const ASN_DB_OPTION = [
  '--asn-db <file>',
  'table of networks (.mmdb) for addresses whose network the file does not tell',
] as const;

export function port(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65_535) {
    throw new InvalidArgumentError('A port is a whole number from 0 to 65535 (0: any free one).');
  }
  return value;
}
