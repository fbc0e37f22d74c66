/** Resolves at the first SIGTERM or SIGINT. A second one ends the process at once, for a stop that hangs. */
export async function untilAskedToStop(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let asked = false;
    function onSignal(signal: NodeJS.Signals): void {
      if (asked) process.exit(1);
      asked = true;
      resolve(signal);
    }
    process.on('SIGTERM', onSignal);
    process.on('SIGINT', onSignal);
  });
}
