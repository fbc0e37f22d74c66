/** Where a command reads from and writes to. stdout carries the answer and nothing else; logs and progress go to stderr. */
export interface Io {
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
}

/** Exit codes of the contract. */
export const EXIT = { done: 0, failed: 1, usage: 2, missing: 3 } as const;

export function writeLine(stream: NodeJS.WritableStream, line = ''): void {
  stream.write(`${line}\n`);
}

/** Files are others' words, and so is what a parser quotes of them: control characters must not reach a terminal. */
export function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, '\uFFFD');
}
