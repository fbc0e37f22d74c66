/** Whether a bundle's records lie in the days of the transparency log that it carries, and whether a saved log says the same days. */
import { readPublicKey } from '../fleet/identity.ts';
import { recordLeaf } from '../transparency/archived-hours.ts';
import { flawOfDays, forkOf, hashOfLeaf } from '../transparency/log.ts';
import type { ChainLeaf, HourLeaf, PublishedLog, SignedDay } from '../transparency/log.ts';
import { rootOf, rootOfPath } from '../transparency/merkle.ts';
import { linesOf } from './lines.ts';
import { HourLine, LogProofs } from './log-proofs.ts';
import { FILE, publicKeyOfPem } from './manifest.ts';
import { chainName } from './proofs.ts';
import type { ChainCheck } from './proofs.ts';
import { BundleRefusal } from './refusal.ts';
import type { BundleFiles, Findings } from './verify.ts';

/** What of a bundle the log holds. */
export class LogCheck {
  readonly #chains: ReadonlySet<string>;
  readonly #records: ReadonlySet<string>;

  constructor(chains: ReadonlySet<string>, records: ReadonlySet<string>) {
    this.#chains = chains;
    this.#records = records;
  }

  /** @param chain that holds the record, by its name; null: the vantage has no chain, or the record no place in it. */
  isLogged(record: string, chain: string | null, hasChain: boolean): boolean {
    return hasChain ? chain !== null && this.#chains.has(chain) : this.#records.has(record);
  }
}

export interface LogCheckOptions {
  readonly bundle: BundleFiles;
  readonly chains: ChainCheck;
  readonly findings: Findings;
  /** As somebody saved it. */
  readonly log?: PublishedLog;
}

export interface CheckedLog {
  readonly check: LogCheck;
  /** Records that the bundle says are logged; null: an Aiqyn made it that kept no log. */
  readonly stated: number | null;
}

/** @throws BundleRefusal wrong_log, where a proof does not lead where it says. */
export async function checkLog(options: LogCheckOptions): Promise<CheckedLog> {
  const { bundle, chains } = options;
  if (bundle.paths(FILE.log).length === 0) {
    options.findings.note('The bundle is older than the transparency log: it has no proof from it.');
    return { check: new LogCheck(new Set(), new Set()), stated: null };
  }
  const proofs = await bundle.json(FILE.log, LogProofs);
  const publicKey = publicKeyOfPem((await bundle.whole(FILE.key)).toString('utf8')) ?? '';
  const flaw = flawOfDays(proofs.days, publicKey);
  if (flaw !== null) throw wrong(flaw);
  for (const proof of [...proofs.chains, ...proofs.hours]) checkPath(proof, proofs.days);
  for (const { leaf } of proofs.chains) checkChain(leaf, chains);
  compareWithSaved(proofs.days, publicKey, options);
  const names = new Set(proofs.chains.map(({ leaf }) => chainName(leaf)));
  return { check: new LogCheck(names, await recordsOf(bundle, proofs)), stated: proofs.logged };
}

function checkPath(proof: LogProofs['chains' | 'hours'][number], days: readonly SignedDay[]): void {
  const day = days.find((one) => one.day === proof.day);
  const found =
    day === undefined ? null : rootOfPath(hashOfLeaf(proof.leaf), { ...proof, leaves: day.leaves });
  if (found === null || found !== day?.root) throw wrong(`a leaf does not lead to the root of ${proof.day}`);
}

function checkChain({ key, carried, number, head }: ChainLeaf, chains: ChainCheck): void {
  const last = chains.lastOf({ key, carried });
  if (last?.number !== number || last.head !== head)
    throw wrong(`the log names batch ${number} of the key ${key}; the batches here do not lead to it`);
}

/** Every hash of every hour that the log holds. */
async function recordsOf(bundle: BundleFiles, { hours }: LogProofs): Promise<Set<string>> {
  const records = new Set<string>();
  const waiting = [...hours];
  for await (const text of linesOf(await bundle.open(FILE.hours), FILE.hours)) {
    const line = lineOf(text);
    const leaf = waiting.shift()?.leaf;
    if (leaf === undefined || !isHour(leaf, line))
      throw wrong(`the records of the hour ${line.hour} do not lead to the root that was published`);
    for (const hash of line.hashes) records.add(hash);
  }
  if (waiting.length > 0) throw wrong(`${FILE.hours} ends before the hour ${waiting[0]?.leaf.hour ?? ''}`);
  return records;
}

function isHour({ hour, records, root }: HourLeaf, line: HourLine): boolean {
  return hour === line.hour && records === line.hashes.length && root === rootOf(line.hashes.map(recordLeaf));
}

function lineOf(text: string): HourLine {
  const read = HourLine.safeParse(json(text));
  if (read.success) return read.data;
  throw new BundleRefusal('malformed', `${FILE.hours}: a line cannot be read`);
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What a reader saved decides: a bundle with other days was made after a fork. */
function compareWithSaved(
  days: readonly SignedDay[],
  publicKey: string,
  { log, findings }: LogCheckOptions,
): void {
  if (log === undefined) {
    if (days.length > 0)
      findings.note(
        `The log's days (${spanOf(days)}) are the bundle's own. Give --log with a transparency.json that you saved, or fetched now.`,
      );
    return;
  }
  if (readPublicKey(log.publicKey) !== readPublicKey(publicKey))
    throw wrong('the saved log is of another key');
  const flaw = flawOfDays(log.days, log.publicKey);
  if (flaw !== null) throw wrong(`the saved log does not hold: ${flaw}`);
  const newest = log.days.at(-1)?.number ?? 0;
  const covered = days.filter(({ number }) => number <= newest);
  const fork = forkOf(covered, log.days);
  if (fork !== null) throw wrong(fork);
  const later = days.filter(({ number }) => number > newest);
  if (later.length > 0)
    findings.note(`The saved log ends before ${spanOf(later)}: those days of the bundle were not compared.`);
}

function spanOf(days: readonly SignedDay[]): string {
  const [first, last] = [days.at(0)?.day ?? '', days.at(-1)?.day ?? ''];
  return first === last ? first : `${first} to ${last}`;
}

function wrong(what: string): BundleRefusal {
  return new BundleRefusal('wrong_log', what);
}
