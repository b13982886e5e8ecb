import { setTimeout as wait } from 'node:timers/promises';

/** Waits; an abort ends it early, without throwing. */
export async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await wait(ms, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
