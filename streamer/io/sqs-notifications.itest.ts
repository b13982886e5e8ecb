import type { SQSClient } from '@aws-sdk/client-sqs';
import { type FauxqsServer, startFauxqs } from 'fauxqs';
import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { StreamerError } from '../errors.ts';
import type { Notification, Notifications } from '../ports.ts';
import { createSqsClient, createSqsNotifications } from './sqs-notifications.ts';

const never = new AbortController().signal;
const SECRET = 'wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY';
const clients: SQSClient[] = [];

beforeAll(() => {
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: SECRET });
});
afterEach(() => {
  for (const client of clients.splice(0)) client.destroy();
});

function notificationsOf(queueUrl: string, roleArn: string | null = null): Notifications {
  const client = createSqsClient({ queueUrl, region: 'us-east-1', roleArn });
  clients.push(client);
  return createSqsNotifications(client, queueUrl);
}

async function failureOf(work: Promise<unknown>): Promise<StreamerError> {
  return work.then(
    () => expect.fail('it did not fail'),
    (error: StreamerError) => error,
  );
}

async function receiveAll(queue: Notifications, count: number, hiddenMs = 30_000): Promise<readonly Notification[]> {
  const received: Notification[] = [];
  while (received.length < count) received.push(...(await queue.receive({ messagesMax: 10, hiddenMs }, never)));
  return received;
}

describe('a stop', () => {
  it('does not wait for credentials that do not come', async () => {
    const client = createSqsClient({ queueUrl: 'http://127.0.0.1:1/0/events', region: 'us-east-1', roleArn: null });
    clients.push(client);
    client.config.credentials = async () => new Promise(() => undefined);
    const queue = createSqsNotifications(client, 'http://127.0.0.1:1/0/events');
    const stop = new AbortController();
    const failures = [
      failureOf(queue.receive({ messagesMax: 10, hiddenMs: 30_000 }, stop.signal)),
      failureOf(queue.hide(['a'], 0, stop.signal)),
      failureOf(queue.delete(['a'], stop.signal)),
    ];
    setTimeout(() => stop.abort(), 20);
    expect((await Promise.all(failures)).map(({ code }) => code)).toEqual(['ABORTED', 'ABORTED', 'ABORTED']);
  });
});

describe('a queue of fauxqs, over a real socket', () => {
  let server: FauxqsServer;
  let queueUrl = '';
  let queue: Notifications;
  let queueCount = 0;

  beforeAll(async () => {
    server = await startFauxqs({ port: 0, host: '127.0.0.1', logger: false });
  });
  afterAll(async () => server.stop());
  beforeEach(() => {
    queueCount += 1;
    server.createQueue(`events-${queueCount}`, { attributes: { MessageRetentionPeriod: '86400' } });
    queueUrl = `http://127.0.0.1:${server.port}/000000000000/events-${queueCount}`;
    queue = notificationsOf(queueUrl);
  });

  const send = (body: string): void => void server.sendMessage(`events-${queueCount}`, body);
  const messages = () => server.inspectQueue(`events-${queueCount}`)?.messages;

  it('gives a message as soon as it is there, to a request that waits for it', async () => {
    const receiving = queue.receive({ messagesMax: 10, hiddenMs: 30_000 }, never);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const sentMs = performance.now();
    send('hello ü+');
    expect(await receiving).toMatchObject([{ body: 'hello ü+' }]);
    expect(performance.now() - sentMs).toBeLessThan(1000);
  });

  it('hides, shows and deletes any number of messages, ten at a request', async () => {
    const bodies = Array.from({ length: 25 }, (_, index) => `message ${index}`);
    for (const body of bodies) send(body);
    const received = await receiveAll(queue, 25);
    expect(received.map(({ body }) => body).toSorted()).toEqual(bodies.toSorted());
    const receipts = received.map(({ receipt }) => receipt);

    expect(await queue.hide(receipts, 600_000, never)).toEqual({ failed: [], lost: [] });
    const hiddenMs = messages()?.inflight.map(({ visibilityDeadline }) => visibilityDeadline - Date.now()) ?? [];
    expect(hiddenMs).toHaveLength(25);
    expect(Math.min(...hiddenMs)).toBeGreaterThan(590_000);

    expect(await queue.delete(receipts.slice(0, 12), never)).toEqual({ failed: [], lost: [] });
    expect(messages()?.inflight).toHaveLength(13);
    expect(await queue.hide(receipts.slice(12), 0, never)).toEqual({ failed: [], lost: [] });
    expect(messages()).toMatchObject({ inflight: [], ready: { length: 13 } });
  });

  it('shows a message again when its hidden time is over, as the same message with another receipt', async () => {
    send('again');
    const [first] = await receiveAll(queue, 1, 1000);
    const [second] = await receiveAll(queue, 1, 1000);
    expect(second?.id).toBe(first?.id);
    expect(second?.receipt).not.toBe(first?.receipt);
    expect(await queue.hide([first!.receipt, second!.receipt], 5000, never)).toEqual({
      failed: [],
      lost: [first!.receipt],
    });
  });

  it('asks for nothing when there is nothing to ask', async () => {
    expect(await notificationsOf('http://127.0.0.1:1/q').delete([], never)).toEqual({ failed: [], lost: [] });
  });

  it('tells how long it keeps messages, and whether it moves away what comes back too often', async () => {
    expect(await queue.describe(never)).toEqual({ retentionMs: 86_400_000, hasRedrivePolicy: false });
    server.createQueue('dead');
    const deadLetterTargetArn = 'arn:aws:sqs:us-east-1:000000000000:dead';
    server.createQueue('redriven', {
      attributes: { RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 3 }) },
    });
    const redriven = notificationsOf(`http://127.0.0.1:${server.port}/000000000000/redriven`);
    expect(await redriven.describe(never)).toMatchObject({ hasRedrivePolicy: true });
  });

  it('ends a wait at once when the signal aborts', async () => {
    const stop = new AbortController();
    const receiving = queue.receive({ messagesMax: 10, hiddenMs: 30_000 }, stop.signal);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const abortedMs = performance.now();
    stop.abort();
    expect(await failureOf(receiving)).toMatchObject({ code: 'ABORTED' });
    expect(performance.now() - abortedMs).toBeLessThan(1000);
  });

  it('that does not exist is named with its cure', async () => {
    const missing = notificationsOf(queueUrl.replace('events-', 'missing-'));
    const works = [
      async () => missing.describe(never),
      async () => missing.receive({ messagesMax: 1, hiddenMs: 1000 }, never),
      async () => missing.delete(['r'], never),
    ];
    for (const work of works) {
      expect(await failureOf(work())).toMatchObject({
        code: 'QUEUE_NOT_FOUND',
        message: expect.stringMatching(/no such queue: check discovery.queue_url/),
      });
    }
  });

  it('that does not answer is told as such', async () => {
    const error = await failureOf(
      notificationsOf('http://127.0.0.1:1/000000000000/q').receive({ messagesMax: 1, hiddenMs: 1000 }, never),
    );
    expect(error).toMatchObject({ code: 'QUEUE_UNAVAILABLE', message: expect.stringContaining('ECONNREFUSED') });
  });
});

describe('every failure of SQS', () => {
  const queueUrl = 'http://sqs.eu-west-1.test.invalid/123456789012/events';
  const server = setupServer();

  beforeAll(() => server.listen({ onUnhandledFrame: 'error' }));
  afterAll(() => server.close());
  beforeEach(() => server.resetHandlers());

  function answerAll(status: number, body: object): { requests: Request[] } {
    const seen = { requests: [] as Request[] };
    server.use(
      http.post('http://sqs.eu-west-1.test.invalid/*', ({ request }) => {
        seen.requests.push(request.clone());
        return HttpResponse.json(body, { status, headers: { 'content-type': 'application/x-amz-json-1.0' } });
      }),
    );
    return seen;
  }

  it('is asked with the credentials of the role, where there is one', async () => {
    const seen = answerAll(200, { Attributes: {} });
    const roleArn = 'arn:aws:iam::123456789012:role/reader';
    const assumed: string[] = [];
    server.use(
      http.post('https://sts.*', async ({ request }) => {
        assumed.push(new URLSearchParams(await request.text()).get('RoleArn') ?? '');
        return HttpResponse.xml(
          '<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>' +
            '<AccessKeyId>ASIAOFTHEROLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>' +
            '<Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>',
        );
      }),
    );
    await notificationsOf('http://sqs.eu-west-1.test.invalid/1/events', roleArn).describe(never);
    expect(assumed).toEqual([roleArn]);
    expect(seen.requests[0]?.headers.get('authorization')).toContain('Credential=ASIAOFTHEROLE/');
  });

  it('does not take credentials that nobody gives for a refusal: they may come a moment later', async () => {
    // A machine that boots: its metadata service is late. Told as a refusal, it ended the program for good.
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) vi.stubEnv(name, undefined);
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
    for (const name of ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE']) vi.stubEnv(name, '/does/not/exist');
    const failure = await failureOf(notificationsOf(queueUrl).describe(never));
    vi.unstubAllEnvs();
    expect(failure.code).toBe('QUEUE_UNAVAILABLE');
    expect(failure.message).toMatch(/no AWS credentials were found, .*: set AWS_ACCESS_KEY_ID/);
  });

  it.each([
    [400, 'com.amazonaws.sqs#QueueDoesNotExist', 'QUEUE_NOT_FOUND'],
    [400, 'com.amazonaws.sqs#InvalidAddress', 'QUEUE_NOT_FOUND'],
    [403, 'com.amazon.coral.service#AccessDeniedException', 'QUEUE_ACCESS_DENIED'],
    [403, 'com.amazonaws.sqs#InvalidClientTokenId', 'QUEUE_ACCESS_DENIED'],
    [403, 'com.amazon.coral.service#UnrecognizedClientException', 'QUEUE_ACCESS_DENIED'],
    [400, 'com.amazonaws.sqs#KmsAccessDenied', 'QUEUE_ACCESS_DENIED'],
    [400, 'com.amazon.coral.service#ExpiredTokenException', 'QUEUE_ACCESS_DENIED'],
    [403, 'com.amazon.coral.service#SomethingNew', 'QUEUE_ACCESS_DENIED'],
    [400, 'com.amazonaws.sqs#OverLimit', 'QUEUE_UNAVAILABLE'],
    [400, 'com.amazonaws.sqs#RequestThrottled', 'QUEUE_UNAVAILABLE'],
    [500, 'com.amazonaws.sqs#InternalError', 'QUEUE_UNAVAILABLE'],
    [503, 'com.amazonaws.sqs#ServiceUnavailable', 'QUEUE_UNAVAILABLE'],
  ])('%i %s becomes %s, after one request', async (status, type, code) => {
    const seen = answerAll(status, { __type: type, message: 'no' });
    const error = await failureOf(notificationsOf(queueUrl).receive({ messagesMax: 1, hiddenMs: 1000 }, never));
    expect(error).toMatchObject({ code, message: expect.stringContaining(`ReceiveMessage ${queueUrl}`) });
    expect(error.message).not.toContain(SECRET);
    expect(seen.requests).toHaveLength(1);
  });

  it('that concerns single messages is told for those: lost where the receipt is at fault, else to be tried again', async () => {
    answerAll(200, {
      Successful: [{ Id: '0' }],
      Failed: [
        { Id: '1', SenderFault: true, Code: 'ReceiptHandleIsInvalid' },
        { Id: '2', SenderFault: false, Code: 'InternalError' },
      ],
    });
    const queue = notificationsOf(queueUrl);
    expect(await queue.hide(['a', 'b', 'c'], 1000, never)).toEqual({ failed: ['c'], lost: ['b'] });
    expect(await queue.delete(['a', 'b', 'c'], never)).toEqual({ failed: ['c'], lost: ['b'] });
  });

  it('aside: requests go to the host of the queue, signed for its region, whatever the environment says of S3', async () => {
    process.env['AWS_ENDPOINT_URL'] = 'http://127.0.0.1:1';
    const warn = vi.spyOn(console, 'warn');
    try {
      const seen = answerAll(200, {});
      await notificationsOf(queueUrl).receive({ messagesMax: 3, hiddenMs: 1500 }, never);
      const [request] = seen.requests;
      expect(request?.headers.get('authorization')).toContain('/eu-west-1/sqs/');
      expect(await request?.json()).toMatchObject({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: 3,
        WaitTimeSeconds: 20,
        VisibilityTimeout: 2,
      });
    } finally {
      // The SDK would warn, past our log, of a host that it does not expect.
      expect(warn).not.toHaveBeenCalled();
      warn.mockRestore();
      delete process.env['AWS_ENDPOINT_URL'];
    }
  });
});
