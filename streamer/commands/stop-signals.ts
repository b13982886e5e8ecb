/** How `run` is asked to stop: patiently at the first signal, at once at another. */

/** npm, and whatever else stands between a terminal and a program, passes on a Ctrl-C that the program has had from the terminal already. */
const COPY_MS_MAX = 500;

export interface StopHandlers {
  readonly patiently: (signal: NodeJS.Signals) => void;
  readonly atOnce: () => void;
}

/** What is called at each signal. `nowMs`: a clock that is never set. */
export function stopListener(
  { patiently, atOnce }: StopHandlers,
  nowMs: () => number,
): (signal: NodeJS.Signals) => void {
  let firstMs: number | null = null;
  return (signal) => {
    if (firstMs === null) {
      firstMs = nowMs();
      patiently(signal);
    } else if (nowMs() - firstMs > COPY_MS_MAX) {
      atOnce();
    }
  };
}
