/**
 * What the configuration knows and the streamer cannot do yet, in one place: delete an entry when the part is there. Without this list a user
 * would configure something, see it accepted, and rely on it.
 */
import type { KeyPath } from './key-path.ts';

export interface NotBuilt {
  readonly path: KeyPath;
  /** The values that are not built; null for any value, and for anything below the path. */
  readonly values: readonly string[] | null;
  /** Completes "<path>: ...". */
  readonly message: string;
  readonly suggestion: string;
  /** A `warning` where nothing is lost by going on without it. */
  readonly severity: 'problem' | 'warning';
}

export const NOT_BUILT: readonly NotBuilt[] = [
  {
    path: ['http', 'on_full'],
    values: ['drop'],
    message: 'dropping lines is not built yet',
    suggestion: 'Use block, which loses nothing',
    severity: 'problem',
  },
];
