/** pino to stderr: JSON lines in a pipe, readable lines on a terminal. Nothing secret is ever given to it. */
import { pino } from 'pino';
import { PinoPretty } from 'pino-pretty';
import type { Log } from '../log.ts';

export function createLogger(level: string, isTerminal: boolean): Log {
  const base = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime };
  if (!isTerminal) return pino(base, pino.destination({ dest: 2, sync: true }));
  return pino(
    base,
    PinoPretty({ destination: 2, colorize: true, translateTime: 'SYS:HH:MM:ss', sync: true }),
  );
}
