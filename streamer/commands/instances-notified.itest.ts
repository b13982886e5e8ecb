/** Several instances of the bundle on one Redis, and one queue that tells of objects: whoever hears of an object, any of them may read it, and only one does. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildBundle } from '../testing/bundle.ts';
import { eventOf } from '../testing/fake-queue.ts';
import { TestRedis } from '../testing/redis-server.ts';
import { BUCKET, CommandFixture, type Endpoint, PREFIX, recordLine, type RunningCommand } from './fixture-command.ts';

const QUEUE = 'events';
const INSTANCES = ['a', 'b'];
const PATIENCE = { timeout: 30_000, interval: 50 };

let bundleFolder: string;
let bundle: string;
let fixture: CommandFixture;
let endpoint: Endpoint;
let redis: TestRedis;

beforeAll(async () => {
  bundleFolder = mkdtempSync(join(tmpdir(), 's3es-bundle-'));
  bundle = await buildBundle(bundleFolder);
});
afterAll(() => rmSync(bundleFolder, { recursive: true, force: true }));
beforeEach(async () => {
  redis = await TestRedis.start();
  fixture = new CommandFixture({ program: [bundle] });
  await fixture.startS3();
  fixture.server.createQueue(QUEUE);
  endpoint = await fixture.startEndpoint();
  // At some distance: otherwise the first that asks would be done with all of it before the other asks.
  endpoint.answer = (_, response) => void setTimeout(() => response.end(), 30);
});
afterEach(async () => {
  await fixture.close();
  await redis.close();
});

function start(name: string, mode: string): RunningCommand {
  const config = fixture.writeConfig(
    [endpoint.url],
    {
      state: {
        file_path: join(fixture.folder, `${name}.json`),
        redis: { url: redis.url, lease_ttl: '3s' },
      },
      discovery: { mode, queue_url: `${fixture.s3Endpoint}/000000000000/${QUEUE}`, visibility_timeout: '10s' },
      logging: { level: 'debug' },
    },
    `${name}.yaml`,
  );
  return fixture.start(config);
}

async function put(name: string) {
  const key = `${Math.floor(Date.now() / 1000)}_56442_130_${name}.gz`;
  await fixture.put(key, recordLine(name));
  return { bucket: BUCKET, key: PREFIX + key, etag: null };
}

function messagesLeft(): number {
  const { ready, inflight } = fixture.server.inspectQueue(QUEUE)!.messages;
  return ready.length + inflight.length;
}

function delivered(): readonly string[] {
  return endpoint.bodies
    .flatMap((body) => [...body.matchAll(/"recordid":"([^"]+)"/g)].map(([, id]) => id ?? ''))
    .toSorted();
}

const logged = (running: RunningCommand, msg: string) => running.lines.filter((line) => line['msg'] === msg);

describe.each(['sqs', 'both'])('two instances with discovery.mode %s', (mode) => {
  it('read every object once, all of them together, and leave no message behind', async () => {
    const instances = INSTANCES.map((name) => start(name, mode));
    for (const instance of instances) await instance.waitFor(({ msg }) => msg === 'lease renewed');
    const names = Array.from({ length: 80 }, (_, index) => `object-${index}`);
    for (const name of names) {
      const told = await put(name);
      // S3 tells of an object at least once: of some it does twice, and any instance may hear of it.
      for (let copy = 0; copy < (name.endsWith('0') ? 2 : 1); copy += 1)
        fixture.server.sendMessage(QUEUE, eventOf(told));
    }
    await expect.poll(() => new Set(delivered()).size, PATIENCE).toBe(names.length);
    await expect.poll(messagesLeft, PATIENCE).toBe(0);
    for (const instance of instances) expect(await instance.stop()).toMatchObject({ code: 0 });

    expect(delivered()).toEqual(names.toSorted());
    const shares = instances.map((instance) => logged(instance, 'object read').length);
    expect(shares[0]! + shares[1]!).toBe(names.length);
    expect(Math.min(...shares)).toBeGreaterThan(0);
    // Each hears of some: not only the lister asks the queue.
    for (const instance of instances) expect(logged(instance, 'notifications received').length).toBeGreaterThan(0);
  });
});
