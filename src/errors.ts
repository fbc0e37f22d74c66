/** What we throw: mistakes of an operator or a programmer. `code` is stable, the message is for people. */

/** A file or an option that people wrote is wrong. Exit code 2. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly code = 'CONFIG_INVALID';
  /** Where: `aiqyn.yaml:12 vantages[0].operator`, or the option's name. */
  readonly path: string;

  constructor(path: string, message: string, options?: ErrorOptions) {
    super(`${path}: ${message}`, options);
    this.path = path;
  }
}

/** The machine refused: disk full, port taken, file locked. Exit code 1. The message says how to mend it. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Makes a switch that forgot a variant fail to compile. */
export function assertNever(value: never): never {
  throw new TypeError(`unhandled variant: ${JSON.stringify(value)}`);
}
