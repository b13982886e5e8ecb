/** Asks again only when the last answer is older than `keepMs`: however often somebody asks, the work is bounded. */
export function cached<T>(ask: () => T, keepMs: number, nowMs: () => number): () => T {
  let last: { readonly answer: T; readonly atMs: number } | null = null;
  return () => {
    const atMs = nowMs();
    // A clock that was set back must not keep an answer for ever.
    if (last === null || atMs < last.atMs || atMs - last.atMs >= keepMs) last = { answer: ask(), atMs };
    return last.answer;
  };
}
