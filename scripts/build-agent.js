/**
 * `npm run build:agent`: the agent as one file that Node 20.19 or newer runs alone, on any processor. Catalogue, plans, package.json
 * and the licences of what is bundled are inside; there is no native code, so QUIC is not measured from it.
 *
 *     node scripts/build-agent.js [file]        default: dist/agent/aiqyn-agent.mjs
 */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const target = resolve(process.argv[2] ?? join(root, 'dist', 'agent', 'aiqyn-agent.mjs'));
const SHIPPED = ['package.json', 'probes/catalog', 'probes/plans'];
/** Never in an agent; a bundle that has one of them is a mistake in what imports what. */
const HEAVY =
  /^(?:@duckdb|@influxdata|@matrixai|@resvg|@fastify|echarts|fastify|pdfkit|nodemailer|undici|yazl|yauzl|feed)(?:$|\/|-)/;

function filesIn(path) {
  if (!statSync(join(root, path)).isDirectory()) return [path];
  return readdirSync(join(root, path)).flatMap((name) => filesIn(`${path}/${name}`));
}

const shipped = Object.fromEntries(
  SHIPPED.flatMap(filesIn).map((path) => [
    path,
    path === 'package.json'
      ? JSON.stringify({ name: 'aiqyn', version: JSON.parse(readFileSync(join(root, path), 'utf8')).version })
      : readFileSync(join(root, path), 'utf8'),
  ]),
);

/** In the place of src/config/shipped-files.ts. */
const SHIPPED_MODULE = `
const FILES = ${JSON.stringify(shipped)};
export function shippedText(path) { return FILES[path] ?? ''; }
export function isShipped(path) { return path in FILES; }
export function shippedNames(folder) {
  return Object.keys(FILES).filter((path) => path.startsWith(folder + '/')).map((path) => path.slice(folder.length + 1));
}
export function shownPath(file) { return file; }
`;

/** In the place of probes/net/load-quic.ts. */
const QUIC_MODULE = `
export class QuicUnavailableError extends Error { name = 'QuicUnavailableError'; }
export async function loadQuic() {
  throw new QuicUnavailableError('QUIC cannot be measured by the agent of one file, which has no native code; install Aiqyn by npm for that');
}
`;

const replaced = {
  name: 'replaced',
  setup({ onLoad }) {
    onLoad({ filter: /src[\\/]config[\\/]shipped-files\.ts$/ }, () => ({
      contents: SHIPPED_MODULE,
      loader: 'js',
    }));
    onLoad({ filter: /probes[\\/]net[\\/]load-quic\.ts$/ }, () => ({ contents: QUIC_MODULE, loader: 'js' }));
  },
};

/** The folder of the package that a bundled file is of; null for our own. */
function packageOf(path) {
  const found = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path);
  return found === null ? null : found[1];
}

function licenceOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
  const file = readdirSync(join(root, folder)).find((one) => /^licen[cs]e(?:\.|$)/i.test(one));
  const text = file === undefined ? `Licence: ${license}` : readFileSync(join(root, folder, file), 'utf8');
  return `${name} ${version}\n\n${text.trim()}`;
}

const { metafile, outputFiles } = await build({
  absWorkingDir: root,
  entryPoints: ['src/cli/agent-main.ts'],
  bundle: true,
  write: false,
  metafile: true,
  platform: 'node',
  target: 'node20.19',
  format: 'esm',
  minify: true,
  keepNames: true,
  legalComments: 'none',
  // One letter beyond Latin-1 anywhere would make the whole text, which stays in memory, twice as large.
  charset: 'ascii',
  // Dynamic imports of doctors' checks that an agent's doctor does not make.
  external: ['@duckdb/node-api'],
  // Bundled CommonJS asks for Node's own modules by require.
  banner: {
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  },
  plugins: [replaced],
});

const used = new Set(Object.values(metafile.outputs).flatMap(({ inputs }) => Object.keys(inputs)));
const folders = [...new Set([...used].map(packageOf).filter((folder) => folder !== null))].sort();
const heavy = folders.map((folder) => relative('node_modules', folder)).filter((name) => HEAVY.test(name));
if (heavy.length > 0) {
  process.stderr.write(
    `The agent would contain ${heavy.join(', ')}; see what src/cli/agent-main.ts imports.\n`,
  );
  process.exit(1);
}

const notice = existsSync(join(root, 'NOTICE')) ? readFileSync(join(root, 'NOTICE'), 'utf8').trim() : '';
const licences = [notice, ...folders.map(licenceOf)]
  .join(`\n\n${'-'.repeat(72)}\n\n`)
  .replaceAll('*/', '* /');
const [output] = outputFiles;
mkdirSync(dirname(target), { recursive: true });
writeFileSync(target, `#!/usr/bin/env node\n${output.text}\n/*\n${licences}\n*/\n`);
chmodSync(target, 0o755);
process.stdout.write(
  `${target}: ${(statSync(target).size / 1_048_576).toFixed(2)} MB, ${folders.length} libraries inside\n`,
);
