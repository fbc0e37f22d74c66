/**
 * Files that come with Aiqyn, by their path in the package, such as `probes/catalog/rings.yaml`. The agent of one file
 * (scripts/build-agent.js) has them inside and another module in the place of this one, with the same functions.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ConfigError } from '../errors.ts';
import { packageRoot } from './package-root.ts';

/** @throws ConfigError where the installation has lost it */
export function shippedText(path: string): string {
  try {
    return readFileSync(join(packageRoot(), path), 'utf8');
  } catch (cause) {
    throw new ConfigError(path, 'cannot be read: is the path right, and may this user read it?', { cause });
  }
}

export function isShipped(path: string): boolean {
  return existsSync(join(packageRoot(), path));
}

/** Names of the files in a folder of the package. */
export function shippedNames(folder: string): readonly string[] {
  return readdirSync(join(packageRoot(), folder));
}

/** Files of Aiqyn's own are named from its root, so that a message is the same on every machine. */
export function shownPath(file: string): string {
  const inside = relative(packageRoot(), file);
  return inside.startsWith('..') ? file : inside;
}
