/**
 * When the SDK finds no AWS credentials. That is no refusal: while a machine starts, the service that gives them (IMDS, the agent of a container) may be
 * late, and to the SDK that looks as if there were none at all. So it is tried again like a server that does not answer.
 */
import { StreamerError } from '../errors.ts';

/** What to do about it. */
export const CREDENTIALS_CURE =
  'no AWS credentials were found, or what gives them did not answer: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or a profile, or give this machine, task or pod a role and let it reach its metadata service';

/** Of an error of the SDK, or of the `StreamerError` that it became. */
export function isMissingCredentials(error: unknown): boolean {
  if (error instanceof StreamerError) return isMissingCredentials(error.cause);
  return error instanceof Error && error.name === 'CredentialsProviderError';
}
