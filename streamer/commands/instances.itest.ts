import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TestRedis } from '../testing/redis-server.ts';
import { CommandFixture, type Endpoint, recordLine } from './fixture-command.ts';

const LEASE_TTL = '3s';
const PATIENCE = { timeout: 20_000, interval: 50 };

let fixture: CommandFixture;
let endpoint: Endpoint;
let redis: TestRedis;
beforeEach(async () => {
  redis = await TestRedis.start();
  fixture = new CommandFixture();
  await fixture.startS3();
  endpoint = await fixture.startEndpoint();
});
afterEach(async () => {
  await fixture.close();
  await redis.close();
});

/** Each instance has a journal of its own. */
function start(name: string) {
  const state = {
    file_path: join(fixture.folder, `${name}.json`),
    save_interval: '50ms',
    redis: { url: redis.url, lease_ttl: LEASE_TTL },
  };
  return fixture.start(fixture.writeConfig([endpoint.url], { state }, `${name}.yaml`));
}

async function put(from: number, count: number): Promise<readonly string[]> {
  const ids = Array.from({ length: count }, (_, index) => `record-${from + index}`);
  await Promise.all(
    ids.map(async (id, index) => fixture.put(`1760305292_56442_130_${from + index}.gz`, recordLine(id))),
  );
  return ids.toSorted();
}

function accepted(): readonly string[] {
  return endpoint.bodies
    .flatMap((body) => [...body.matchAll(/"recordid":"([^"]+)"/g)].map(([, id]) => id ?? ''))
    .toSorted();
}

describe('instances that share their work in Redis', () => {
  it('read every object once, all of them together', async () => {
    const ids = await put(1, 120);
    endpoint.answer = (_, response) => void setTimeout(() => response.end(), 30);
    const instances = ['a', 'b', 'c'].map((name) => start(name));
    await expect.poll(() => accepted().length, PATIENCE).toBe(ids.length);
    expect(accepted()).toEqual(ids);
    const shares = [];
    for (const instance of instances) {
      expect(await instance.stop()).toMatchObject({ code: 0 });
      shares.push(instance.lines.filter(({ msg }) => msg === 'object completed').length);
    }
    expect(shares.reduce((sum, share) => sum + share, 0)).toBe(ids.length);
    // How they share depends on when each has started; nobody does it all.
    expect(Math.max(...shares)).toBeLessThan(ids.length);
  });

  it('take over from one that was killed, where it had stopped', async () => {
    const ids = await put(1, 20);
    const frozen = new Set<string>();
    endpoint.answer = (_, response, body) => {
      // The first instance gets no answers: it holds what it has claimed.
      if (frozen.size < 15) frozen.add(body);
      else response.end();
    };
    const first = start('a');
    await expect.poll(() => frozen.size, PATIENCE).toBeGreaterThan(9);
    const second = start('b');
    await second.waitFor(({ msg }) => msg === 'lease renewed');
    const killedMs = Date.now();
    await first.stop('SIGKILL');
    frozen.clear();
    endpoint.bodies.length = 0;
    endpoint.answer = (_, response) => void response.end();
    await expect.poll(() => new Set(accepted()).size, PATIENCE).toBe(ids.length);
    expect(Date.now() - killedMs).toBeLessThan(2 * 3_000 + 1_500);
    expect(second.lines.some(({ msg }) => msg === 'work taken over')).toBe(true);
    expect(await second.stop()).toMatchObject({ code: 0 });
  });

  it('refuse one that slept through its lease, which sends no more of what others have', async () => {
    await put(1, 30);
    let isHeld = true;
    const held: (() => void)[] = [];
    endpoint.answer = (_, response) => {
      if (isHeld) held.push(() => response.end());
      else response.end();
    };
    const zombie = start('a');
    await expect.poll(() => held.length, PATIENCE).toBeGreaterThan(9);
    zombie.signal('SIGSTOP');
    isHeld = false;
    const second = start('b');
    await expect.poll(() => second.lines.filter(({ msg }) => msg === 'object completed').length, PATIENCE).toBe(30);
    const posts = endpoint.bodies.length;
    zombie.signal('SIGCONT');
    await zombie.waitFor(({ msg }) => msg === 'claims lost');
    await zombie.waitFor(({ msg }) => msg === 'lease renewed');
    for (const answer of held) answer();
    await sleep(1_000);
    expect(endpoint.bodies.length).toBe(posts);
    expect(await zombie.stop()).toMatchObject({ code: 0 });
    expect(await second.stop()).toMatchObject({ code: 0 });
  });

  it('go on without Redis with what they hold, claim nothing, and lose nothing', async () => {
    const first = await put(1, 10);
    const instances = ['a', 'b'].map((name) => start(name));
    await expect.poll(() => accepted().length, PATIENCE).toBe(first.length);
    // What is not saved yet may be sent again.
    await sleep(500);
    await redis.kill();
    const second = await put(11, 10);
    await sleep(1_500);
    expect(accepted().length).toBe(first.length);
    await redis.restart();
    await expect.poll(() => accepted().length, PATIENCE).toBe(20);
    await sleep(1_000);
    expect(accepted()).toEqual([...first, ...second].toSorted());
    for (const instance of instances) expect(await instance.stop()).toMatchObject({ code: 0 });
  });
});
