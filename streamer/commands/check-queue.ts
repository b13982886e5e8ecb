/** `check`, the queue of S3 events, where the configuration names one. It is only described: receiving would hide messages from the running streamer. */
import type { Config } from '../config/config.ts';
import { hasCode } from '../errors.ts';
import { CREDENTIALS_CURE, isMissingCredentials } from '../io/missing-credentials.ts';
import { type Finding, messageOf } from './check-finding.ts';
import { openQueue, queueWarnings } from './queue.ts';

export interface QueueCheck {
  readonly findings: readonly Finding[];
  /** A policy may be the cure. */
  readonly isDenied: boolean;
}

export async function checkQueueAccess(config: Config): Promise<QueueCheck> {
  const target = config.discovery.queueUrl ?? '';
  const queue = await openQueue(config);
  if (queue === null) return { findings: [], isDenied: false };
  try {
    const facts = await queue.notifications.describe(new AbortController().signal);
    const notes = queueWarnings(config, facts).map((warning): Finding => ({
      area: 'queue',
      status: 'note',
      target,
      detail: warning,
      cure: null,
    }));
    const found: Finding = { area: 'queue', status: 'ok', target, detail: 'there, and may be looked at', cure: null };
    return { findings: [found, ...notes], isDenied: false };
  } catch (error) {
    const isDenied = hasCode(error, 'QUEUE_ACCESS_DENIED');
    const cure = isMissingCredentials(error)
      ? CREDENTIALS_CURE
      : isDenied
        ? 'give the credentials the policy below'
        : 'correct discovery.queue_url, or s3.region';
    const failed: Finding = { area: 'queue', status: 'failed', target, detail: messageOf(error), cure };
    return { findings: [failed], isDenied };
  } finally {
    queue.close();
  }
}
