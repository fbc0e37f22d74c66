/** The QUIC library, loaded only once somebody asks for a QUIC handshake: it is native, and an agent must stay small. */

/** This machine has no build of the QUIC library, or one that does not start. The message is for people. */
export class QuicUnavailableError extends Error {
  override readonly name = 'QuicUnavailableError';
}

/** @throws QuicUnavailableError */
export async function loadQuic(): Promise<typeof import('./quic.ts')> {
  try {
    return await import('./quic.ts');
  } catch (cause) {
    // A mistake in our own module is not the machine's.
    if (cause instanceof SyntaxError || cause instanceof TypeError) throw cause;
    throw new QuicUnavailableError(
      `QUIC cannot be measured here: its library has no build that runs on ${process.platform} ${process.arch}; ` +
        'there are builds for Linux on x64 with glibc, macOS, and Windows on x64',
      { cause },
    );
  }
}
