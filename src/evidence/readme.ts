/** The README of a bundle: how to check it without Aiqyn. */
import type { Incident } from '../analysis/detect/point.ts';
import { FILE } from './manifest.ts';

export function readmeText({ id }: Incident, keyId: string): string {
  return `# Evidence of the incident ${id}

This archive holds what Aiqyn measured, what it made of it, and what is needed to check both.

## Check it without Aiqyn

Unpack it, and in its folder:

1. Whose is it? Compare the fingerprint of the key with the one that its publisher states elsewhere
   (this archive was signed by ${keyId}):

       openssl pkey -pubin -in ${FILE.key} -outform DER | sha256sum

2. Is the manifest theirs? (OpenSSL 3)

       openssl pkeyutl -verify -pubin -inkey ${FILE.key} -rawin -in ${FILE.manifest} -sigfile ${FILE.signature}

3. Is every file the one of the manifest? The first command must print a line, the second OK for each file:

       grep "$(sha256sum ${FILE.sums} | cut -c1-64)" ${FILE.manifest}
       sha256sum -c ${FILE.sums}

\`aiqyn verify <archive> --key <fingerprint>\` does all of this, judges every measurement again by the rules and counts the report's
numbers anew.

## What is in it

- \`report/\`: the report in English, Russian and Kazakh (HTML and PDF), and its numbers (\`figures.json\`).
- \`charts/\`: the course of the incident.
- \`${FILE.measurements}\`: the raw measurements, one JSON object a line, in OONI's data format 0.2.0. What the control
  abroad saw at the same time is inside each, under \`test_keys.control\`.
- \`${FILE.controls}\`: measurements of the vantages' own connection at that time.
- \`${FILE.verdicts}\`: what was made of each measurement, in their order, with the rule that decided; the version of the
  rules is in \`${FILE.manifest}\` under \`madeBy\`.
- \`${FILE.proofs}\` and \`${FILE.keys}\`: what the vantages signed when they sent their records. Each line is a batch:
  \`header\` (base64) is signed with the vantage's key as the text "aiqyn batch 1", a line feed, and the header. SHA-256 over \`prev\` and the first
  of \`hashes\`, over that and the second, and so on, gives \`head\`. The hash of a record is SHA-256 over its JSON with sorted keys, without
  \`x_aiqyn_vantage_clock\`, and with the start that it states.
- \`${FILE.log}\` and \`${FILE.hours}\`: how the records lead to signed days of the publisher's transparency log, as far as those days
  were closed. Each \`path\` leads from a leaf to its day's \`root\` (RFC 9162, section 2.1.3); compare \`days\` with a transparency.json that
  you saved.
- \`${FILE.incident}\`, \`${FILE.events}\`, \`${FILE.claims}\`: the incident, what happened around it, and what authorities and
  operators said of it.
`;
}
