/** Waits for what does not listen to a signal, or does so only in part. */
import { StreamerError } from '../errors.ts';

/** Fails as soon as the signal aborts; what becomes of the work then is heard by nobody. */
export async function orAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const abort = Promise.withResolvers<never>();
  const onAbort = (): void => abort.reject(new StreamerError('ABORTED', 'it was stopped'));
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    return await Promise.race([work, abort.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
