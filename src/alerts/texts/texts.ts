/** The sentences of one language. Names come in as readers know them; times are written out. */
import type { IncidentKind } from '../../analysis/detect/point.ts';
import type { AlertChange } from '../ledger.ts';

export interface Texts {
  /** BCP 47, for dates. */
  readonly locale: string;
  /** Without a full stop: it is a title too. */
  readonly what: (kind: IncidentKind, isPast: boolean, platforms: readonly string[]) => string;
  readonly where: (operators: readonly string[], places: readonly string[]) => string;
  readonly began: (time: string) => string;
  readonly ended: (time: string) => string;
  readonly sure: (vantages: number, percent: number) => string;
  /** Put before the title, and said in the body. */
  readonly change: Readonly<Record<AlertChange, { readonly mark: string; readonly sentence: string | null }>>;
  readonly summary: {
    readonly title: (count: number) => string;
    readonly intro: string;
    readonly more: (count: number) => string;
  };
  readonly test: { readonly title: string; readonly body: (route: string) => string };
}
