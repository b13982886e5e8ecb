import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Processes } from '../process/processes.ts';
import { startQueue } from './start.ts';

describe('startQueue', () => {
  let folder = '';
  let processes: Processes;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 's3es-sqs-'));
    processes = new Processes(folder);
  });
  afterEach(async () => {
    await processes.stopAll();
    rmSync(folder, { recursive: true });
  });

  it('gives the URL of a queue whose messages come at once to whoever waits for them', async () => {
    const url = await startQueue(processes, 'events');
    const client = new SQSClient({
      endpoint: new URL(url).origin,
      region: 'us-east-1',
      credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
    });
    const received = client.send(new ReceiveMessageCommand({ QueueUrl: url, WaitTimeSeconds: 20 }));
    await client.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'an event' }));
    expect((await received).Messages?.map(({ Body }) => Body)).toEqual(['an event']);
    client.destroy();
  });
});
