/** Tells a queue of each uploaded object, as S3 does where notifications are set up: one message for one object, sent after its PUT. The embedded S3 sends none by itself. */
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';

export interface UploadedObject {
  readonly bucket: string;
  readonly key: string;
  readonly etag: string;
  readonly sizeBytes: number;
  /** Epoch ms: when S3 had the whole object. */
  readonly storedMs: number;
}

export interface EventSender {
  /** Begins to send, and does not wait. */
  send(object: UploadedObject): void;
  /** Waits until everything is sent. */
  close(): Promise<void>;
}

export interface EventSenderOptions {
  /** Null sends nothing. */
  readonly queueUrl: string | null;
  readonly region: string;
  readonly onFailed: (object: UploadedObject, error: unknown) => void;
}

const SEND_ATTEMPTS_MAX = 4;
const CONNECT_TIMEOUT_MS = 5_000;
const SEND_TIMEOUT_MS = 10_000;

/** Fails when the URL is none; that nobody answers there shows with the first message. */
export function createEventSender({ queueUrl, region, onFailed }: EventSenderOptions): EventSender {
  if (queueUrl === null) return { send: () => {}, close: async () => {} };
  const client = new SQSClient({
    endpoint: new URL(queueUrl).origin,
    region,
    maxAttempts: SEND_ATTEMPTS_MAX,
    requestHandler: { connectionTimeout: CONNECT_TIMEOUT_MS, requestTimeout: SEND_TIMEOUT_MS },
  });
  const sending = new Set<Promise<void>>();
  const sendOne = async (object: UploadedObject): Promise<void> => {
    const body = JSON.stringify(eventOf(object, region));
    try {
      await client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: body }));
    } catch (error) {
      onFailed(object, error);
    }
  };
  return {
    send(object) {
      const sent: Promise<void> = sendOne(object).finally(() => sending.delete(sent));
      sending.add(sent);
    },
    async close() {
      await Promise.all(sending);
      client.destroy();
    },
  };
}

/** The message, with what consumers look at; S3's has more. */
export function eventOf({ bucket, key, etag, sizeBytes, storedMs }: UploadedObject, region: string): object {
  return {
    Records: [
      {
        eventVersion: '2.1',
        eventSource: 'aws:s3',
        awsRegion: region,
        eventTime: new Date(storedMs).toISOString(),
        eventName: 'ObjectCreated:Put',
        s3: {
          s3SchemaVersion: '1.0',
          configurationId: 'simulator',
          bucket: { name: bucket, arn: `arn:aws:s3:::${bucket}` },
          object: { key: encodeKey(key), size: sizeBytes, eTag: etag },
        },
      },
    ],
  };
}

/** As S3 does in its events: form encoding, spaces as `+`, slashes kept. */
function encodeKey(key: string): string {
  return new URLSearchParams({ key }).toString().slice('key='.length).replaceAll('%2F', '/');
}
