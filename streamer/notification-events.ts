/** What the streamer tells of the queue of S3 events: part of `events.ts`, with the same rules. */
import type { LogLevel, StreamerEvent, Totals } from './events.ts';
import type { QueueAction } from './held-messages.ts';

/** Of the objects that S3 tells of through a queue. */
export type NotificationEvent =
  | { readonly kind: 'headed'; readonly bucket: string; readonly key: string }
  | {
      readonly kind: 'head failed';
      readonly bucket: string;
      readonly key: string;
      readonly code: string;
      readonly error: string;
      readonly delayMs: number;
    }
  | { readonly kind: 'notifications received'; readonly messages: number }
  /** Their objects are settled. */
  | { readonly kind: 'notifications deleted'; readonly messages: number }
  /** At a stop: others see them at once. */
  | { readonly kind: 'notifications returned'; readonly messages: number }
  | {
      readonly kind: 'notification ignored';
      readonly messageId: string;
      readonly reason: 'test-event' | 'no-object-created';
    }
  /** Told of, and below no configured source: skipped, and their messages deleted. Told at the first of them and then now and then. */
  | {
      readonly kind: 'foreign objects';
      /** Of the latest. */
      readonly bucket: string;
      readonly key: string;
      /** Since the last time that this was told. */
      readonly objects: number;
      readonly advice: string;
    }
  | { readonly kind: 'notification unreadable'; readonly messageId: string; readonly error: string }
  | { readonly kind: 'queue failed'; readonly action: QueueAction; readonly code: string; readonly error: string };

export function countNotificationEvent(totals: Totals, event: NotificationEvent): void {
  switch (event.kind) {
    case 'headed':
      totals.headRequests += 1;
      return;
    case 'head failed':
      totals.headRequests += 1;
      if (event.code === 'S3_THROTTLED') totals.s3Throttled += 1;
      return;
    case 'notifications received':
      totals.notificationsReceived += event.messages;
      return;
    case 'notification unreadable':
      totals.notificationsUnreadable += 1;
      return;
    case 'queue failed':
      totals.queueErrors += 1;
      return;
    case 'notifications deleted':
    case 'notifications returned':
    case 'notification ignored':
    case 'foreign objects':
      return;
  }
}

export const NOTIFICATION_LEVELS: Readonly<Record<NotificationEvent['kind'], LogLevel>> = {
  headed: 'debug',
  'head failed': 'warn',
  'notifications received': 'debug',
  'notifications deleted': 'debug',
  'notifications returned': 'info',
  'notification ignored': 'debug',
  'foreign objects': 'warn',
  'notification unreadable': 'warn',
  'queue failed': 'warn',
};

export function isNotificationEvent(event: StreamerEvent): event is NotificationEvent {
  return event.kind in NOTIFICATION_LEVELS;
}
