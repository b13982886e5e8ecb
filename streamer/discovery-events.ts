/** What the streamer tells of listing: part of `events.ts`, with the same rules. */
import type { LogLevel, StreamerEvent, Totals } from './events.ts';
import type { Motion } from './source-intake.ts';

/** Of the folders of a source. */
export type DiscoveryEvent =
  | {
      readonly kind: 'listed';
      readonly bucket: string;
      readonly prefix: string;
      readonly motion: Motion | 'reading';
      readonly objects: number;
    }
  | {
      readonly kind: 'list failed';
      readonly bucket: string;
      readonly prefix: string;
      readonly code: string;
      readonly error: string;
      readonly delayMs: number;
    }
  /** One folder may not be listed, while its source may: it is passed by, and asked for again after a rest. */
  | {
      readonly kind: 'folder refused';
      readonly bucket: string;
      readonly prefix: string;
      readonly error: string;
      readonly restMs: number;
    }
  /** Folders such as `2015/7/` that are not entered because they look like months of long ago; once for each of them. */
  | {
      readonly kind: 'folders passed by';
      readonly bucket: string;
      /** Of the first of them. */
      readonly prefix: string;
      readonly folders: number;
      readonly advice: string;
    }
  | { readonly kind: 'sweep finished'; readonly listed: number; readonly found: number; readonly durationMs: number };

export function countDiscoveryEvent(totals: Totals, event: DiscoveryEvent): void {
  switch (event.kind) {
    case 'listed':
    case 'folder refused':
      totals.listRequests += 1;
      return;
    case 'list failed':
      totals.listRequests += 1;
      if (event.code === 'S3_THROTTLED') totals.s3Throttled += 1;
      return;
    case 'folders passed by':
    case 'sweep finished':
      return;
  }
}

export const DISCOVERY_LEVELS: Readonly<Record<DiscoveryEvent['kind'], LogLevel>> = {
  listed: 'debug',
  'list failed': 'warn',
  'folder refused': 'error',
  'folders passed by': 'warn',
  'sweep finished': 'debug',
};

export function isDiscoveryEvent(event: StreamerEvent): event is DiscoveryEvent {
  return event.kind in DISCOVERY_LEVELS;
}
