/** What ends a run before it can be judged, told as cause and cure. */

/**
 * Whose fault it is. `usage`: the caller's, who can mend it (exit 2). `broken`: the harness's or its surroundings', so the run proves nothing (exit 3).
 * `streamer`: the program's under test, which did not start, ended by itself, did not deliver, or did not stop as it should (exit 1).
 */
export type HarnessFault = 'usage' | 'broken' | 'streamer';

export class HarnessError extends Error {
  override readonly name = 'HarnessError';
  readonly fault: HarnessFault;
  /** What could not be undone at the end of the run, and why; null where nothing is left of it. */
  readonly leftover: string | null;

  constructor(fault: HarnessFault, message: string, options: { cause?: unknown; leftover?: string } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.fault = fault;
    this.leftover = options.leftover ?? null;
  }
}

/** The `code` that Node and the AWS SDK put on their errors; null where there is none. */
export function errorCode(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
