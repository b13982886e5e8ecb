/** What must be right before the first object is read, so that a wrong configuration ends at once and with its cure, not in endless retries. */
import type { Config } from '../config/config.ts';
import { endpointNames } from '../core/endpoint-names.ts';
import { hasCode, StreamerError } from '../errors.ts';
import { troubleConnecting } from '../io/endpoint-probe.ts';
import type { Notifications, ObjectStore, QueueFacts } from '../ports.ts';

/** A missing bucket or refused credentials are thrown always; an S3 that does not answer only at the first start (later it may come back). */
export async function checkSources(
  objects: ObjectStore,
  config: Config,
  isFirstStart: boolean,
  signal: AbortSignal,
): Promise<void> {
  for (const { bucket, prefix } of config.s3.sources) {
    try {
      await objects.list(
        { bucket, prefix, startAfter: null, continuationToken: null, delimiter: '/', keysMax: 1 },
        signal,
      );
    } catch (error) {
      if (isFirstStart || hasCode(error, 'S3_NO_BUCKET', 'S3_ACCESS_DENIED')) throw error;
    }
  }
}

/** As with the sources: a missing queue or refused credentials are thrown always. Null when the queue did not answer. */
export async function checkQueue(
  notifications: Notifications,
  isFirstStart: boolean,
  signal: AbortSignal,
): Promise<QueueFacts | null> {
  try {
    return await notifications.describe(signal);
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
