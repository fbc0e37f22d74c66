/** Debian's Chromium, for tests of how pages look and behave. Where it is missing they skip, and say so loudly. */
import { existsSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';

const CHROMIUM = '/usr/bin/chromium';
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** @throws Error where it must be there (`AIQYN_REQUIRE_SERVICES=1`) and is not. */
export function isChromiumHere(): boolean {
  if (existsSync(CHROMIUM)) return true;
  const message = `SKIPPED: ${CHROMIUM} is not installed, so nothing here proves how the page looks.`;
  if (process.env['AIQYN_REQUIRE_SERVICES'] === '1') throw new Error(message);
  console.warn(message);
  return false;
}

export async function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: ARGS });
}

/** The port that a listening server got. */
export function portOf(address: AddressInfo | string | null): number {
  return typeof address === 'object' && address !== null ? address.port : 0;
}
