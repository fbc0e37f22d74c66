/** `aiqyn verify`: whether a bundle of evidence is whole, signed, and says what its data says. Needs no network and no store. */
import { readFileSync, statSync } from 'node:fs';
import { loadCatalog } from '../../config/catalog-files.ts';
import { buildKnowledge } from '../../config/knowledge.ts';
import { ConfigError } from '../../errors.ts';
import { publicKeyOfPem } from '../../evidence/manifest.ts';
import { verifyBundle } from '../../evidence/verify.ts';
import type { Verification } from '../../evidence/verify.ts';
import { readPublicKey } from '../../fleet/identity.ts';
import { EXIT, printable, writeLine } from '../io.ts';
import type { Io } from '../io.ts';
import { packageVersion } from '../version.ts';

export interface VerifyCommandOptions {
  readonly key?: string;
  readonly json?: true;
}

/** A fingerprint, or a file with the public key (PEM). */
function keyIdOf(text: string): string {
  if (/^[0-9a-f]{64}$/i.test(text)) return text.toLowerCase();
  let pem: string;
  try {
    pem = readFileSync(text, 'utf8');
  } catch (cause) {
    throw new ConfigError('--key', `${text} is neither a fingerprint (64 hex digits) nor a file`, { cause });
  }
  const id = readPublicKey(publicKeyOfPem(pem) ?? '');
  if (id === null) throw new ConfigError('--key', `${text} holds no Ed25519 public key (PEM)`);
  return id;
}

/** Exit codes: 0 it holds, 1 it is refused, 2 no such file, 3 it holds, but other rules judge some measurements otherwise. */
export async function verifyCommand(file: string, options: VerifyCommandOptions, io: Io): Promise<number> {
  if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true)
    throw new ConfigError('verify', `there is no file ${file}`);
  const catalog = loadCatalog();
  const verification = await verifyBundle(file, {
    catalog,
    knowledge: buildKnowledge(catalog),
    version: packageVersion(),
    ...(options.key === undefined ? {} : { key: keyIdOf(options.key) }),
  });
  if (options.json === true) writeLine(io.stdout, JSON.stringify({ file, ...verification }));
  else tell(file, verification, io);
  if (!verification.isGood) return EXIT.failed;
  return verification.differences > 0 ? EXIT.missing : EXIT.done;
}

function tell(file: string, { isGood, problems, notes, measurements, incident }: Verification, io: Io): void {
  for (const { code, what } of problems) writeLine(io.stdout, printable(`REFUSED (${code}): ${what}`));
  for (const note of notes) writeLine(io.stdout, printable(`Note: ${note}`));
  if (isGood)
    writeLine(
      io.stdout,
      printable(
        `${file} holds: ${measurements} measurements of ${incident ?? '?'} were judged again, nothing was changed.`,
      ),
    );
}
