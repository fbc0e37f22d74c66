/** The file that a spool appends to. */
import { open } from 'node:fs/promises';

/** The file that is being appended to; a port, so that a full disk can be tried without one. */
export interface AppendFile {
  write(content: Buffer): Promise<void>;
  sync(): Promise<void>;
  truncate(bytes: number): Promise<void>;
  close(): Promise<void>;
}

export async function openAppendFile(path: string): Promise<AppendFile> {
  const file = await open(path, 'a', 0o600);
  return {
    write: async (content) => file.appendFile(content),
    sync: async () => file.sync(),
    truncate: async (bytes) => file.truncate(bytes),
    close: async () => file.close(),
  };
}
