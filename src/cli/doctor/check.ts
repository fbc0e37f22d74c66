/** One thing the doctor looked at: what was found, and how to mend it where it is not right. */
export interface Check {
  readonly name: string;
  /** `fail`: Aiqyn cannot do its work. `warn`: it can, with less to show for it. */
  readonly result: 'ok' | 'warn' | 'fail';
  readonly finding: string;
  /** Null where nothing needs mending. */
  readonly remedy: string | null;
}

export function ok(name: string, finding: string): Check {
  return { name, result: 'ok', finding, remedy: null };
}

export function warn(name: string, finding: string, remedy: string): Check {
  return { name, result: 'warn', finding, remedy };
}

export function fail(name: string, finding: string, remedy: string): Check {
  return { name, result: 'fail', finding, remedy };
}
