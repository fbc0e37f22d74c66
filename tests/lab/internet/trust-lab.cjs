/**
 * Loaded before the command (`node --require`): in the lab, the authorities in the file that AIQYN_LAB_ROOTS names are what
 * Mozilla's are outside. Only the probes' TLS step sees them; the command itself has no setting that adds a root to its
 * measurements, and shall have none.
 */
'use strict';

const { register } = require('node:module');

function asModule(text) {
  return `data:text/javascript,${encodeURIComponent(text)}`;
}

const LAB_TLS = asModule(`
import { readFileSync } from 'node:fs';
export * from 'node:tls';
export const rootCertificates = [readFileSync(process.env.AIQYN_LAB_ROOTS, 'utf8')];
`);

register(
  asModule(`
export async function resolve(specifier, context, next) {
  const isTlsStep = specifier === 'node:tls' && (context.parentURL ?? '').endsWith('/probes/net/tls.js');
  return isTlsStep ? { url: ${JSON.stringify(LAB_TLS)}, shortCircuit: true } : next(specifier, context);
}
`),
);
