/** The sentences of a report in one language. Times and names come in written out. */
import type { Access } from '../../../probes/words.ts';
import type { Status } from '../../analysis/verdict/verdict.ts';

export interface ReportTexts {
  readonly language: 'en' | 'ru' | 'kk';
  readonly title: string;
  readonly incident: string;
  readonly started: string;
  readonly ended: string;
  readonly goesOn: string;
  readonly detected: string;
  readonly platforms: string;
  readonly networks: string;
  readonly places: string;
  readonly confidence: string;
  readonly numbers: string;
  readonly measurements: string;
  readonly compared: string;
  readonly controls: string;
  readonly firstTrouble: string;
  readonly lastTrouble: string;
  readonly byNetwork: string;
  readonly network: string;
  readonly vantages: string;
  /** By kind of line. */
  readonly access: Readonly<Record<Access, string>>;
  readonly byRule: string;
  readonly rule: string;
  readonly reasons: string;
  readonly reasonsNote: string;
  readonly meanwhile: string;
  readonly nothingKnown: string;
  readonly chart: string;
  readonly check: string;
  readonly checkHow: string;
  readonly status: Readonly<Record<Status, string>>;
}
