/** The part of pino's logger that Aiqyn uses; logs go to stderr. Fields first, then one sentence for people. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
