/** The table of rules, in order: the first that applies decides. docs/verdicts.md shows it. */
import type { Rule } from './rule.ts';
import { CERTIFICATE, CERTIFICATE_FIRST } from './rules/certificate.ts';
import { DNS, DNS_FIRST } from './rules/dns.ts';
import { DOWN } from './rules/down.ts';
import { HTTP, HTTP_FIRST } from './rules/http.ts';
import { OK } from './rules/ok.ts';
import { OWN_FIRST, OWN_LAST, OWN_NETWORK } from './rules/own.ts';
import { TCP } from './rules/tcp.ts';
import { TLS, TLS_SLOW } from './rules/tls.ts';

/**
 * Own trouble first. Then what proves itself against a success (forged chains, made-up names, relays, block pages,
 * crawling), then success, then failures that are everybody's, and last the layers from below.
 */
export const RULES: readonly Rule[] = [
  ...OWN_FIRST,
  ...CERTIFICATE_FIRST,
  ...DNS_FIRST,
  ...HTTP_FIRST,
  ...TLS_SLOW,
  ...OK,
  ...OWN_NETWORK,
  ...DOWN,
  ...DNS,
  ...TCP,
  ...CERTIFICATE,
  ...TLS,
  ...HTTP,
  ...OWN_LAST,
];
