/** What must be right before the first object is read, so that a wrong configuration ends at once and with its cure, not in endless retries. */
import type { Config } from '../config/config.ts';
import { endpointNames } from '../core/endpoint-names.ts';
import { hasCode, StreamerError } from '../errors.ts';
import { troubleConnecting } from '../io/endpoint-probe.ts';
import type { Clock, Notifications, ObjectStore, QueueFacts } from '../ports.ts';

/** A service that is only busy must not keep the program from starting for the first time. */
const ATTEMPTS_MAX = 4;
/** After the first failure; twice and three times that after the next ones. */
const RETRY_MS = 1_000;

export interface StartOptions {
  readonly isFirstStart: boolean;
  readonly clock: Clock;
}

/** A missing bucket or refused credentials are thrown always; an S3 that does not answer only at the first start (later it may come back). */
export async function checkSources(
  objects: ObjectStore,
  config: Config,
  { isFirstStart, clock }: StartOptions,
  signal: AbortSignal,
): Promise<void> {
  for (const { bucket, prefix } of config.s3.sources) {
    try {
      const request = {
        bucket,
        prefix,
        startAfter: null,
        continuationToken: null,
        delimiter: '/',
        keysMax: 1,
      } as const;
      await patiently(async () => objects.list(request, signal), clock, signal);
    } catch (error) {
      if (isFirstStart || hasCode(error, 'S3_NO_BUCKET', 'S3_ACCESS_DENIED')) throw error;
    }
  }
}

async function patiently<T>(ask: () => Promise<T>, clock: Clock, signal: AbortSignal): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ask();
    } catch (error) {
      const isBusy = hasCode(error, 'S3_THROTTLED', 'S3_UNAVAILABLE', 'QUEUE_UNAVAILABLE');
      if (!isBusy || attempt === ATTEMPTS_MAX || signal.aborted) throw error;
      await clock.sleep(RETRY_MS * attempt, signal);
    }
  }
}

/** As with the sources: a missing queue or refused credentials are thrown always. Null when the queue did not answer. */
export async function checkQueue(
  notifications: Notifications,
  { isFirstStart, clock }: StartOptions,
  signal: AbortSignal,
): Promise<QueueFacts | null> {
  try {
    return await patiently(async () => notifications.describe(signal), clock, signal);
  } catch (error) {
    if (isFirstStart || hasCode(error, 'QUEUE_NOT_FOUND', 'QUEUE_ACCESS_DENIED')) throw error;
    return null;
  }
}

/** Gives back the endpoints that cannot be reached. At the first start, when none can, that is an error. */
export async function checkEndpoints(config: Config, isFirstStart: boolean): Promise<readonly string[]> {
  const { endpoints } = config.http;
  const troubles = await Promise.all(endpoints.map(async (endpoint) => troubleConnecting(new URL(endpoint))));
  const unreachable = endpointNames(endpoints).filter((_, index) => troubles[index] !== null);
  if (isFirstStart && unreachable.length === endpoints.length) {
    throw new StreamerError(
      'ENDPOINT_UNREACHABLE',
      `no endpoint accepts connections: ${unreachable.join(', ')}. Start the EdgeDelta agent with its HTTP input, or correct http.endpoints`,
    );
  }
  return unreachable;
}
