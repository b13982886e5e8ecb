/** How the programs of the harness are asked to end: in order at the first signal, at once at another. */

/** npm, and whatever else stands between a terminal and a program, passes on a Ctrl-C that the program has had from the terminal already. */
const copyMsMax = 500;

export interface StopHandlers {
  readonly inOrder: () => void;
  readonly atOnce: () => void;
}

/** For the rest of this process's life. */
export function onStopSignals(handlers: StopHandlers): void {
  const onSignal = stopListener(handlers, () => performance.now());
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
}

/** What is called at each signal. */
export function stopListener({ inOrder, atOnce }: StopHandlers, nowMs: () => number): () => void {
  let firstMs: number | null = null;
  return () => {
    if (firstMs === null) {
      firstMs = nowMs();
      inOrder();
    } else if (nowMs() - firstMs > copyMsMax) {
      atOnce();
    }
  };
}
