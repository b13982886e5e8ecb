/** The queue of S3 events that the configuration names. */
import type { Config } from '../config/config.ts';
import type { Notifications, QueueFacts } from '../ports.ts';

export interface Queue {
  readonly notifications: Notifications;
  close(): void;
}

/** Null with `discovery.mode: poll`; then what it would need is not loaded. */
export async function openQueue({ discovery, s3 }: Config): Promise<Queue | null> {
  const { mode, queueUrl } = discovery;
  if (mode === 'poll' || queueUrl === null) return null;
  const { createSqsClient, createSqsNotifications } = await import('../io/sqs-notifications.ts');
  const client = createSqsClient({ queueUrl, region: s3.region, roleArn: s3.roleArn });
  return { notifications: createSqsNotifications(client, queueUrl), close: () => client.destroy() };
}

/** What an operator should know of a queue that works. */
export function queueWarnings({ discovery }: Config, facts: QueueFacts): readonly string[] {
  const days = facts.retentionMs / 86_400_000;
  return [
    ...(discovery.mode === 'sqs'
      ? [`objects whose message is older than ${days} days, or lost, are never read: discovery.mode is sqs`]
      : []),
    ...(facts.hasRedrivePolicy
      ? []
      : [`messages that cannot be read come back until they are ${days} days old: the queue has no redrive policy`]),
  ];
}
