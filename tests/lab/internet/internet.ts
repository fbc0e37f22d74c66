/** The lab as a test sees it: wires, servers, middleboxes, and programs at any place of it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startProgram } from '../../support/cli.ts';
import type { RunningCli } from '../../support/cli.ts';
import { filterOf, helperOf } from './censor.ts';
import type { Filter } from './censor.ts';
import { HOME_RESOLVERS, RESOLVERS_ABROAD } from './geography.ts';
import type { Measured, Operator } from './geography.ts';
import {
  inside,
  labFolder,
  ownTag,
  removeAbandoned,
  removeAtExit,
  removeLab,
  runInside,
} from './namespaces.ts';
import { layWires, namesOf } from './topology.ts';
import type { Wires } from './topology.ts';

const READY_MS = 30_000;

export interface Internet {
  readonly wires: Wires;
  /** Goes with the lab. */
  readonly folder: string;
  /** For AIQYN_LAB_ROOTS. */
  readonly rootsFile: string;
  /** Commands of a middlebox, in order. */
  atMiddlebox(operator: Operator, commands: readonly string[]): Promise<void>;
  censor(operator: Operator, what: Filter, platform: Measured): Promise<void>;
  /** A program inside; it dies with the lab. */
  start(namespace: string, words: readonly string[], env?: Readonly<Record<string, string>>): RunningCli;
  close(): Promise<void>;
}

let opened = 0;

/** Needs root, iproute2 and iptables: see `canMakeLabs`. What killed labs left behind is removed first. */
export async function openInternet(): Promise<Internet> {
  removeAbandoned();
  removeAtExit();
  opened += 1;
  const lab = `${ownTag()}-${opened}`;
  const wires = namesOf(lab);
  const running: RunningCli[] = [];
  function start(
    namespace: string,
    words: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): RunningCli {
    const program = startProgram([...inside(namespace), ...words], env);
    running.push(program);
    return program;
  }
  async function startScript(namespace: string, script: string, args: readonly string[]): Promise<string> {
    const path = join(import.meta.dirname, script);
    const program = start(namespace, [process.execPath, '--import', 'tsx', path, ...args]);
    const [line] = await program.waitFor(/^.+$/m, READY_MS);
    return line;
  }
  async function close(): Promise<void> {
    for (const { child } of running) child.kill('SIGKILL');
    await Promise.all(running.map(async ({ exited }) => exited));
    removeLab(lab);
  }
  async function atMiddlebox(operator: Operator, commands: readonly string[]): Promise<void> {
    for (const command of commands) await runInside(wires.operator(operator), command);
  }
  try {
    const folder = labFolder(lab);
    await layWires(wires);
    const certificates = await Promise.all(
      (['home', 'abroad'] as const).map(async (part) => {
        const said: unknown = JSON.parse(await startScript(wires.part(part), 'server-process.ts', [part]));
        return String(said);
      }),
    );
    const rootsFile = join(folder, 'roots.pem');
    writeFileSync(rootsFile, certificates.join('\n'));
    return {
      wires,
      folder,
      rootsFile,
      atMiddlebox,
      async censor(operator, what, platform) {
        const helper = helperOf(what, platform, operator, [...HOME_RESOLVERS, ...RESOLVERS_ABROAD]);
        const where = helper?.at === 'injector' ? wires.injector(operator) : wires.operator(operator);
        if (helper !== null) await startScript(where, 'censor-process.ts', helper.args);
        await atMiddlebox(operator, filterOf(what, platform, operator));
      },
      start,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
