/** What goes wrong in the harness itself, told as cause and cure. It never means that the streamer failed a check. */

/** `usage`: the caller can mend it (exit 2). `broken`: the run proves nothing (exit 3). */
export type HarnessFault = 'usage' | 'broken';

export class HarnessError extends Error {
  override readonly name = 'HarnessError';
  readonly fault: HarnessFault;

  constructor(fault: HarnessFault, message: string, options: { cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.fault = fault;
  }
}

/** The `code` that Node and the AWS SDK put on their errors; null where there is none. */
export function errorCode(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
