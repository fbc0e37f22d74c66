/** Takes bundles of evidence apart and puts them together again, as a forger does. */
import { Readable } from 'node:stream';
import { wholeOf } from '../../src/evidence/bytes.ts';
import { FILE, Manifest, manifestBytes, sha256, signatureOf, sumsText } from '../../src/evidence/manifest.ts';
import { openZip, zipOf } from '../../src/evidence/zip.ts';
import type { Identity } from '../../src/fleet/identity.ts';

export async function contentsOf(file: string): Promise<Map<string, Buffer>> {
  const zip = await openZip(file);
  try {
    const found = new Map<string, Buffer>();
    for (const { path, open } of zip.files) found.set(path, await wholeOf(await open()));
    return found;
  } finally {
    zip.close();
  }
}

export async function zipped(files: Iterable<readonly [string, Buffer]>): Promise<Buffer> {
  return wholeOf(
    zipOf(
      [...files].map(([path, content]) => ({
        path,
        bytes: content.length,
        open: async () => Readable.from([content]),
      })),
    ),
  );
}

/** As a maker would who holds the key and lies: hashes and signature are right. */
export async function signedAnew(
  file: string,
  changed: Readonly<Record<string, Buffer>>,
  identity: Identity,
): Promise<Buffer> {
  const files = await contentsOf(file);
  for (const [path, content] of Object.entries(changed)) files.set(path, content);
  const manifest = Manifest.parse(JSON.parse(String(files.get(FILE.manifest))));
  const others = manifest.files
    .filter(({ path }) => path !== FILE.sums)
    .map(({ path }) => {
      const content = files.get(path) ?? Buffer.alloc(0);
      return { path, bytes: content.length, sha256: sha256(content) };
    });
  const sums = Buffer.from(sumsText(others));
  files.set(FILE.sums, sums);
  const listed = [{ path: FILE.sums, bytes: sums.length, sha256: sha256(sums) }, ...others];
  const signed = manifestBytes({ ...manifest, files: listed });
  files.set(FILE.manifest, signed);
  files.set(FILE.signature, signatureOf(signed, identity));
  return zipped(files);
}
