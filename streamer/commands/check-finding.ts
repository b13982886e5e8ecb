/** One thing that `check` tried. */
export interface Finding {
  readonly area: 'config' | 's3' | 'queue' | 'endpoint' | 'state' | 'redis' | 'health';
  /** `note`: worth knowing, and no reason not to start. */
  readonly status: 'ok' | 'note' | 'failed';
  /** What was tried, on what. */
  readonly target: string;
  readonly detail: string;
  /** How to mend it; null where there is nothing to mend. */
  readonly cure: string | null;
}

export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(messageOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}
