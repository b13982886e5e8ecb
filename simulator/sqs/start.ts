/** A queue for the S3 events of a run: fauxqs, as a process of its own, whatever S3 the run works on. */
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { readReadyLine } from '../process/child.ts';
import type { Processes } from '../process/processes.ts';

const startMs = 20_000;
const region = 'us-east-1';
/** fauxqs knows only this one. */
const account = '000000000000';

/** The URL of an empty queue. Any credentials will do. */
export async function startQueue(processes: Processes, name: string): Promise<string> {
  const child = await processes.startScript('sqs', new URL('../s3/embedded-main.ts', import.meta.url), []);
  const { endpoint } = await child.waitForLine(readReadyLine, startMs);
  const client = new SQSClient({
    endpoint: String(endpoint),
    region,
    credentials: { accessKeyId: 'embedded', secretAccessKey: 'embedded' },
  });
  try {
    await client.send(new CreateQueueCommand({ QueueName: name }));
    // Not the URL that it answers with: that one has the host that fauxqs believes to be.
    return `${String(endpoint)}/${account}/${name}`;
  } finally {
    client.destroy();
  }
}
