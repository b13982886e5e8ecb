/**
 * The queue of S3 events: SQS through the AWS SDK. Every failure becomes a `StreamerError` with a `QUEUE_*` code and a cure in its message.
 * Where the queue is follows from its URL alone, host and region: `s3.endpoint` is about another service.
 */
import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
  SQSServiceException,
} from '@aws-sdk/client-sqs';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { Slots } from '../core/slots.ts';
import { StreamerError } from '../errors.ts';
import type { Notification, Notifications, QueueFacts, Undone } from '../ports.ts';
import { CREDENTIALS_CURE, isMissingCredentials } from './missing-credentials.ts';
import { orAbort } from './or-abort.ts';
import { credentialsOf } from './role-credentials.ts';

export interface SqsOptions {
  readonly queueUrl: string;
  /** Where the URL does not name one. */
  readonly region: string;
  /** As `S3Options.roleArn`. */
  readonly roleArn: string | null;
}

/** The most that SQS takes or gives at once. */
const MESSAGES_PER_REQUEST = 10;
/** The longest that SQS lets a request wait for messages. */
const WAIT_S = 20;
const CONNECTION_TIMEOUT_MS = 5_000;
/** Longer than a request may wait for messages. */
const SOCKET_TIMEOUT_MS = 30_000;
/** One waits for messages, the others delete and hide. */
const SOCKETS_MAX = 4;
/** Retries are ours: they wait with jitter, and are told. */
const ATTEMPTS_MAX = 1;
const RETENTION_S_DEFAULT = 345_600;

export function createSqsClient({ queueUrl, region, roleArn }: SqsOptions): SQSClient {
  const agentOptions = { keepAlive: true, maxSockets: SOCKETS_MAX };
  return new SQSClient({
    endpoint: new URL(queueUrl).origin,
    region: regionOfQueue(queueUrl) ?? region,
    ...credentialsOf(roleArn),
    maxAttempts: ATTEMPTS_MAX,
    requestHandler: new NodeHttpHandler({
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      socketTimeout: SOCKET_TIMEOUT_MS,
      httpAgent: agentOptions,
      httpsAgent: agentOptions,
    }),
  });
}

/** `sqs.eu-west-1.amazonaws.com`, also behind a VPC endpoint or with `sqs-fips`, and the older `eu-west-1.queue.amazonaws.com`; null where a host names none. */
export function regionOfQueue(queueUrl: string): string | null {
  const { hostname } = new URL(queueUrl);
  const [, region, older] =
    /(?:^|\.)sqs(?:-fips)?\.([a-z]{2}[a-z-]*-\d+)\.|^([a-z]{2}[a-z-]*-\d+)\.queue\./.exec(hostname) ?? [];
  return region ?? older ?? null;
}

export function createSqsNotifications(client: SQSClient, queueUrl: string): Notifications {
  const send = async <T>(action: string, signal: AbortSignal, request: () => Promise<T>): Promise<T> => {
    try {
      return await orAbort(request(), signal);
    } catch (error) {
      throw asQueueError(error, `${action} ${queueUrl}`, signal);
    }
  };
  return {
    describe: async (signal) => send('GetQueueAttributes', signal, async () => describe(client, queueUrl, signal)),
    receive: async ({ messagesMax, hiddenMs }, signal) =>
      send('ReceiveMessage', signal, async () => {
        const { Messages } = await client.send(
          new ReceiveMessageCommand({
            QueueUrl: queueUrl,
            MaxNumberOfMessages: Math.min(messagesMax, MESSAGES_PER_REQUEST),
            WaitTimeSeconds: WAIT_S,
            VisibilityTimeout: secondsOf(hiddenMs),
          }),
          { abortSignal: signal },
        );
        return (Messages ?? []).map(({ MessageId, ReceiptHandle, Body }): Notification => ({
          id: MessageId ?? '',
          receipt: ReceiptHandle ?? '',
          body: Body ?? '',
        }));
      }),
    hide: async (receipts, hiddenMs, signal) =>
      inBatches(receipts, async (entries) =>
        send('ChangeMessageVisibility', signal, async () =>
          client.send(
            new ChangeMessageVisibilityBatchCommand({
              QueueUrl: queueUrl,
              Entries: entries.map((entry) => ({ ...entry, VisibilityTimeout: secondsOf(hiddenMs) })),
            }),
            { abortSignal: signal },
          ),
        ),
      ),
    delete: async (receipts, signal) =>
      inBatches(receipts, async (entries) =>
        send('DeleteMessage', signal, async () =>
          client.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries: [...entries] }), {
            abortSignal: signal,
          }),
        ),
      ),
  };
}

async function describe(client: SQSClient, queueUrl: string, signal: AbortSignal): Promise<QueueFacts> {
  const { Attributes } = await client.send(
    new GetQueueAttributesCommand({
      QueueUrl: queueUrl,
      AttributeNames: ['MessageRetentionPeriod', 'RedrivePolicy'],
    }),
    { abortSignal: signal },
  );
  return {
    retentionMs: Number(Attributes?.MessageRetentionPeriod ?? RETENTION_S_DEFAULT) * 1000,
    hasRedrivePolicy: (Attributes?.RedrivePolicy ?? '') !== '',
  };
}

/** SQS counts in whole seconds: rounded up, so that nothing is shown before it is meant to be. */
function secondsOf(ms: number): number {
  return Math.ceil(ms / 1000);
}

interface BatchEntry {
  readonly Id: string;
  readonly ReceiptHandle: string;
}

interface BatchAnswer {
  readonly Failed?:
    | readonly { readonly Id?: string | undefined; readonly SenderFault?: boolean | undefined }[]
    | undefined;
}

/** What a request does not do for some of its entries is told; one that fails as a whole is thrown. */
async function inBatches(
  receipts: readonly string[],
  send: (entries: readonly BatchEntry[]) => Promise<BatchAnswer>,
): Promise<Undone> {
  const batches: (readonly string[])[] = [];
  for (let start = 0; start < receipts.length; start += MESSAGES_PER_REQUEST)
    batches.push(receipts.slice(start, start + MESSAGES_PER_REQUEST));
  const slots = new Slots(SOCKETS_MAX - 1);
  const faults = await Promise.all(
    batches.map(async (batch) => {
      const entries = batch.map((receipt, index) => ({ Id: String(index), ReceiptHandle: receipt }));
      const { Failed } = await slots.run(async () => send(entries));
      return (Failed ?? []).map(({ Id, SenderFault }) => ({
        receipt: batch[Number(Id)] ?? '',
        // The only fault that is ours: a receipt that is no longer the latest one, or older than SQS lets a message stay hidden (12 hours).
        isLost: SenderFault === true,
      }));
    }),
  );
  const receiptsOf = (isLost: boolean): readonly string[] =>
    faults.flat().flatMap((fault) => (fault.isLost === isLost ? [fault.receipt] : []));
  return { failed: receiptsOf(false), lost: receiptsOf(true) };
}

const CURES = {
  QUEUE_NOT_FOUND: 'there is no such queue: check discovery.queue_url',
  QUEUE_ACCESS_DENIED:
    'the credentials do not allow it: they need sqs:ReceiveMessage, sqs:DeleteMessage, sqs:ChangeMessageVisibility and sqs:GetQueueAttributes on the queue, and kms:Decrypt where it is encrypted',
  QUEUE_UNAVAILABLE: 'the queue did not answer as it should',
} as const;

const CODES: Readonly<Record<string, keyof typeof CURES>> = {
  QueueDoesNotExist: 'QUEUE_NOT_FOUND',
  'AWS.SimpleQueueService.NonExistentQueue': 'QUEUE_NOT_FOUND',
  InvalidAddress: 'QUEUE_NOT_FOUND',
  AccessDenied: 'QUEUE_ACCESS_DENIED',
  AccessDeniedException: 'QUEUE_ACCESS_DENIED',
  KmsAccessDenied: 'QUEUE_ACCESS_DENIED',
  InvalidClientTokenId: 'QUEUE_ACCESS_DENIED',
  UnrecognizedClientException: 'QUEUE_ACCESS_DENIED',
  SignatureDoesNotMatch: 'QUEUE_ACCESS_DENIED',
  InvalidSecurity: 'QUEUE_ACCESS_DENIED',
  ExpiredToken: 'QUEUE_ACCESS_DENIED',
  ExpiredTokenException: 'QUEUE_ACCESS_DENIED',
};

function asQueueError(error: unknown, place: string, signal: AbortSignal): StreamerError {
  if (error instanceof StreamerError) return error;
  if (signal.aborted) return new StreamerError('ABORTED', `${place} was stopped`, { cause: error });
  const code = codeOf(error);
  const said =
    error instanceof Error ? `${error.name === 'Error' ? '' : `${error.name}: `}${error.message}` : String(error);
  const cure = isMissingCredentials(error) ? CREDENTIALS_CURE : CURES[code];
  return new StreamerError(code, `${place}: ${cure} (${said})`, { cause: error });
}

function codeOf(error: unknown): keyof typeof CURES {
  const named = CODES[error instanceof Error ? error.name : ''];
  if (named !== undefined) return named;
  const status = error instanceof SQSServiceException ? error.$metadata.httpStatusCode : undefined;
  return status === 401 || status === 403 ? 'QUEUE_ACCESS_DENIED' : 'QUEUE_UNAVAILABLE';
}
