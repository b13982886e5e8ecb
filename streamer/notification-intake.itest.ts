/** The whole streamer as a process, against a queue and an S3 of fauxqs over real sockets. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  BUCKET,
  CommandFixture,
  type Endpoint,
  PREFIX,
  recordLine,
  type RunningCommand,
} from './commands/fixture-command.ts';
import { eventOf } from './testing/fake-queue.ts';

const QUEUE = 'events';
const DEAD = 'dead';

interface Rig {
  readonly fixture: CommandFixture;
  readonly endpoint: Endpoint;
  readonly config: string;
}

async function createRig(discovery: Record<string, string>): Promise<Rig> {
  const fixture = new CommandFixture();
  await fixture.startS3();
  fixture.server.createQueue(DEAD);
  const redrive = { deadLetterTargetArn: `arn:aws:sqs:us-east-1:000000000000:${DEAD}`, maxReceiveCount: 3 };
  fixture.server.createQueue(QUEUE, { attributes: { RedrivePolicy: JSON.stringify(redrive) } });
  const endpoint = await fixture.startEndpoint();
  const config = fixture.writeConfig([endpoint.url], {
    discovery: { queue_url: `${fixture.s3Endpoint}/000000000000/${QUEUE}`, ...discovery },
    logging: { level: 'debug' },
  });
  return { fixture, endpoint, config };
}

async function startRunning({ fixture, config }: Rig): Promise<RunningCommand> {
  const running = fixture.start(config);
  await running.waitFor(({ msg }) => msg === 'streamer started');
  return running;
}

const send = ({ fixture }: Rig, body: string): string => fixture.server.sendMessage(QUEUE, body).messageId;
const messagesOf = ({ fixture }: Rig, queue = QUEUE) => fixture.server.inspectQueue(queue)!.messages;
const remaining = (rig: Rig): number => messagesOf(rig).ready.length + messagesOf(rig).inflight.length;
const delivered = ({ endpoint }: Rig): readonly string[] => endpoint.bodies.join('').split('\n').slice(0, -1);
const lineOf = (id: string): string => recordLine(id).trimEnd();
const logged = (running: RunningCommand, msg: string) => running.lines.filter((line) => line['msg'] === msg);

/** Uploads an object of one line, and gives back what an event tells of it. */
async function put({ fixture }: Rig, name: string, folder = '') {
  const key = `${folder}${Math.floor(Date.now() / 1000)}_56442_130_${name}.gz`;
  await fixture.put(key, recordLine(name));
  return { bucket: BUCKET, key: PREFIX + key, etag: null };
}

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

const soon = { timeout: 10_000, interval: 10 };

describe('a streamer with notifications alone', () => {
  let rig: Rig;
  let running: RunningCommand;

  beforeAll(async () => {
    rig = await createRig({ mode: 'sqs', visibility_timeout: '2s' });
    running = await startRunning(rig);
  });
  afterAll(async () => rig.fixture.close());

  it('warns at its start that the retention of the queue bounds what it finds', () => {
    expect(running.lines).toContainEqual(
      expect.objectContaining({ level: 'warn', warning: expect.stringMatching(/older than 4 days.*never read/) }),
    );
  });

  it('delivers an object well within a second of its event, and deletes the message', async () => {
    const tookMs: number[] = [];
    for (let round = 0; round < 11; round += 1) {
      const told = await put(rig, `fast${round}`);
      const sentMs = performance.now();
      send(rig, eventOf(told));
      await expect.poll(() => delivered(rig), { timeout: 10_000, interval: 2 }).toContain(lineOf(`fast${round}`));
      tookMs.push(performance.now() - sentMs);
    }
    // Some 20 ms where nobody else is at work; the median, because somebody may be.
    expect(tookMs.toSorted((left, right) => left - right)[5]).toBeLessThan(1000);
    await expect.poll(() => remaining(rig), soon).toBe(0);
    expect(logged(running, 'listed')).toEqual([]);
  });

  it.each(['plain', 'sp ace', 'pl+us', '100%', 'Zürich & "co"', '%2B'])(
    'finds the object with %j in its key',
    async (name) => {
      const told = await put(rig, name, `a ${name}/`);
      send(rig, eventOf(told));
      await expect.poll(() => remaining(rig), soon).toBe(0);
      expect(delivered(rig)).toContain(lineOf(name));
    },
  );

  it.each([
    ['in its envelope', {}],
    ['raw', { RawMessageDelivery: 'true' }],
  ])('reads what comes by way of SNS, %s', async (name, attributes) => {
    const topic = `topic${name.length}`;
    rig.fixture.server.createTopic(topic);
    rig.fixture.server.subscribe({ topic, queue: QUEUE, attributes });
    const told = await put(rig, `sns ${name}`);
    rig.fixture.server.publish(topic, eventOf(told));
    await expect.poll(() => remaining(rig), soon).toBe(0);
    expect(delivered(rig)).toContain(lineOf(`sns ${name}`));
  });

  it('reads an object once that many messages tell of', async () => {
    const told = await put(rig, 'repeated');
    for (let copy = 0; copy < 12; copy += 1) send(rig, eventOf(told, told));
    await expect.poll(() => remaining(rig), soon).toBe(0);
    send(rig, eventOf(told));
    await expect.poll(() => remaining(rig), soon).toBe(0);
    expect(delivered(rig).filter((line) => line === lineOf('repeated'))).toHaveLength(1);
    expect(logged(running, 'object read').filter(({ key }) => key === told.key)).toHaveLength(1);
  });

  it('deletes what tells of nothing to read: test events, removals, objects of others', async () => {
    const before = delivered(rig).length;
    send(rig, JSON.stringify({ Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: BUCKET }));
    send(rig, JSON.stringify({ Records: [{ eventName: 'ObjectRemoved:Delete', s3: {} }] }));
    send(rig, eventOf({ bucket: BUCKET, key: 'elsewhere/1760305292_1_1_1.gz', etag: null }));
    await expect.poll(() => remaining(rig), soon).toBe(0);
    expect(logged(running, 'object skipped')).toContainEqual(
      expect.objectContaining({ key: 'elsewhere/1760305292_1_1_1.gz', reason: 'no-source' }),
    );
    expect(delivered(rig)).toHaveLength(before);
    expect(messagesOf(rig, DEAD).ready).toEqual([]);
  });

  it('leaves what it cannot read, so that the redrive policy moves it away', async () => {
    const messageId = send(rig, '{"Records": [{"eventSource"');
    await expect
      .poll(() => messagesOf(rig, DEAD).ready.map((message) => message.messageId), { timeout: 20_000, interval: 50 })
      .toEqual([messageId]);
    expect(logged(running, 'notification unreadable')).toHaveLength(3);
  });

  it('leaves a state in which a streamer that lists finds every object done', async () => {
    const { code } = await running.stop();
    expect(code).toBe(0);
    const posted = delivered(rig).length;
    const both = await startListing(rig);
    await both.waitFor(({ msg }) => msg === 'sweep finished');
    await both.stop();
    expect(logged(both, 'listed').length).toBeGreaterThan(0);
    expect(logged(both, 'object read')).toEqual([]);
    expect(delivered(rig)).toHaveLength(posted);
  });
});

/** A streamer on the same state that lists, too. */
async function startListing(rig: Rig): Promise<RunningCommand> {
  const config = rig.fixture.writeConfig([rig.endpoint.url], {
    discovery: { queue_url: `${rig.fixture.s3Endpoint}/000000000000/${QUEUE}`, mode: 'both' },
    logging: { level: 'debug' },
  });
  return startRunning({ ...rig, config });
}

describe('a message of an object that does not come to its end', () => {
  const rigs: Rig[] = [];
  afterEach(async () => {
    for (const { fixture } of rigs.splice(0)) await fixture.close();
  });

  async function hangingRig(discovery: Record<string, string>): Promise<Rig> {
    const rig = await createRig({ mode: 'sqs', ...discovery });
    rig.endpoint.answer = () => undefined;
    rigs.push(rig);
    return rig;
  }

  it('stays hidden while the streamer works on it, and is there for the next one when it is killed', async () => {
    const rig = await hangingRig({ visibility_timeout: '3s' });
    const running = await startRunning(rig);
    send(rig, eventOf(await put(rig, 'slow')));
    await expect.poll(() => rig.endpoint.bodies.length, soon).toBe(1);
    // Three times as long as it would be hidden by itself. The streamer waits for messages meanwhile: it would be shown to it.
    await pause(9_000);
    expect(messagesOf(rig).inflight).toMatchObject([{ message: { approximateReceiveCount: 1 } }]);
    expect(logged(running, 'notifications received')).toHaveLength(1);

    await running.stop('SIGKILL');
    rig.endpoint.answer = (_, response) => response.end();
    const next = await startRunning(rig);
    await expect.poll(() => remaining(rig), { timeout: 25_000, interval: 50 }).toBe(0);
    expect(rig.endpoint.bodies).toEqual([recordLine('slow'), recordLine('slow')]);
    expect((await next.stop()).code).toBe(0);
  });

  it('is given back at SIGTERM, long before its hidden time is over', async () => {
    const rig = await hangingRig({ visibility_timeout: '10m' });
    const running = await startRunning(rig);
    send(rig, eventOf(await put(rig, 'slow')));
    await expect.poll(() => rig.endpoint.bodies.length, soon).toBe(1);
    // The second SIGTERM ends the wait for the endpoint. One that comes at once would be taken for a copy of the first.
    const [{ code }] = await Promise.all([running.stop(), pause(800).then(async () => running.stop())]);
    expect(code).toBe(0);
    expect(logged(running, 'notifications returned')).toMatchObject([{ messages: 1 }]);
    // Shown again at once. fauxqs does not notice that the streamer no longer waits for an answer, and may have given it that one.
    const { ready, inflight } = messagesOf(rig);
    expect(ready.length + inflight.filter(({ message }) => message.approximateReceiveCount === 2).length).toBe(1);
  });
});

describe('a streamer that lists and is notified', () => {
  it('reads every object once, whichever way it is found', async () => {
    const rig = await createRig({ mode: 'both' });
    try {
      const names = Array.from({ length: 30 }, (_, index) => `object${index}`);
      // Some are there before it starts, some only listed, some only told of a good deal later.
      const early = [];
      for (const name of names.slice(0, 10)) early.push(await put(rig, name));
      const running = await startRunning(rig);
      for (const name of names.slice(10, 20)) send(rig, eventOf(await put(rig, name)));
      for (const name of names.slice(20)) await put(rig, name);
      for (const told of early) send(rig, eventOf(told));
      await expect.poll(() => delivered(rig).length, { timeout: 20_000, interval: 20 }).toBeGreaterThanOrEqual(30);
      await expect.poll(() => remaining(rig), soon).toBe(0);
      expect((await running.stop()).code).toBe(0);
      expect(delivered(rig).toSorted()).toEqual(names.map(lineOf).toSorted());
      expect(logged(running, 'streamer stopped')).toMatchObject([{ getRequests: 30 }]);
    } finally {
      await rig.fixture.close();
    }
  });
});

describe('a queue that cannot be used', () => {
  it('ends the streamer at its start, with the cure', async () => {
    const rig = await createRig({ mode: 'sqs' });
    try {
      rig.fixture.server.deleteQueue(QUEUE);
      const { code, stderr } = await rig.fixture.run(['run', '--config', rig.config]);
      expect({ code, stderr }).toEqual({
        code: 2,
        stderr: expect.stringMatching(/no such queue: check discovery.queue_url/),
      });
    } finally {
      await rig.fixture.close();
    }
  });
});
