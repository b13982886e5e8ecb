import { join } from 'node:path';
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
});
