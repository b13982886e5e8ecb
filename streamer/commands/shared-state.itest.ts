import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TestRedis } from '../testing/redis-server.ts';
import { CommandFixture, type Endpoint, recordLine } from './fixture-command.ts';

const PATIENCE = { timeout: 20_000, interval: 50 };

let fixture: CommandFixture;
let endpoint: Endpoint;
let redis: TestRedis;
let config: string;
beforeEach(async () => {
  redis = await TestRedis.start();
  fixture = new CommandFixture();
  await fixture.startS3();
  endpoint = await fixture.startEndpoint();
  config = configOf('a');
});
afterEach(async () => {
  await fixture.close();
  await redis.close();
});

function configOf(name: string): string {
  const state = {
    file_path: join(fixture.folder, `${name}.json`),
    save_interval: '50ms',
    redis: { url: redis.url, lease_ttl: '3s' },
  };
  return fixture.writeConfig([endpoint.url], { state }, `${name}.yaml`);
}

function accepted(): readonly string[] {
  return endpoint.bodies.flatMap((body) => [...body.matchAll(/"recordid":"([^"]+)"/g)].map(([, id]) => id ?? ''));
}

async function operate(...command: readonly [string, ...string[]]): Promise<void> {
  const client = redis.client();
  await client.call(...command).finally(() => client.disconnect());
}

async function json(...args: readonly string[]): Promise<unknown> {
  const { stdout, stderr } = await fixture.run([...args, '-c', config, '--json']);
  return stdout === '' ? stderr : JSON.parse(stdout);
}

async function deliver(...ids: readonly string[]): Promise<void> {
  for (const id of ids) await fixture.put(`1760305292_56442_130_${id}.gz`, recordLine(id));
}

describe('commands on state in Redis', () => {
  it('say that there is none, and whether Redis is fit for it', async () => {
    expect(await fixture.run(['state', 'show', '-c', config])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('there is no state yet in Redis under state.redis.key_prefix s3-streamer'),
    });
    const check = await fixture.run(['check', '-c', config]);
    expect(check.stdout).toMatch(/ok +redis +127\.0\.0\.1:\d+: Redis \d+\.\d+\.\d+; no shared state yet/);
    expect(check.stdout).toContain('it keeps no append-only file');
    expect(check.code).toBe(0);
    // Before the first start nothing but `check` tells of these.
    await operate('ACL', 'SETUSER', 'default', '-evalsha');
    expect(await fixture.run(['check', '-c', config])).toMatchObject({
      code: 2,
      stdout: expect.stringMatching(/FAILED +redis .*refuses us .*docs\/redis\.md lists under Permissions/),
    });
    await operate('ACL', 'SETUSER', 'default', '+evalsha');
    await operate('REPLICAOF', '127.0.0.1', '1');
    expect(await fixture.run(['check', '-c', config])).toMatchObject({
      code: 2,
      stdout: expect.stringMatching(/FAILED +redis .*it is a replica/),
    });
    await operate('REPLICAOF', 'NO', 'ONE');
    await redis.kill();
    expect(await fixture.run(['check', '-c', config])).toMatchObject({
      code: 2,
      stdout: expect.stringMatching(/FAILED +redis .*does not answer/),
    });
    expect(await fixture.run(['run', '-c', config])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/Redis at 127\.0\.0\.1:\d+ does not answer.*check that it runs/),
    });
  });

  it('and a run say so where Redis would throw away state, and not where it would throw away only what has a time to live', async () => {
    await operate('CONFIG', 'SET', 'maxmemory-policy', 'volatile-lru');
    expect(await fixture.run(['check', '-c', config])).toMatchObject({ code: 0 });
    await operate('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru');
    expect(await fixture.run(['check', '-c', config])).toMatchObject({
      code: 2,
      stdout: expect.stringMatching(/FAILED +redis .*maxmemory-policy is allkeys-lru/),
    });
    const streamer = fixture.start(config);
    await expect
      .poll(() => streamer.lines, PATIENCE)
      .toContainEqual(
        expect.objectContaining({ msg: 'redis warning', warning: expect.stringContaining('allkeys-lru') }),
      );
  });

  it('show it, ask for what is to be delivered again, and move it back only when nobody shares it', async () => {
    await deliver('1', '2', '3');
    const streamer = fixture.start(config);
    await expect.poll(() => accepted().length, PATIENCE).toBe(3);
    await expect
      .poll(async () => json('state', 'show'), PATIENCE)
      .toMatchObject({ complete: 3, inUse: true, wanted: 0 });
    expect(await json('audit', '--from', '1h ago')).toMatchObject({ counts: { complete: 3, missing: 0 } });
    expect(await json('replay', '--from', '1h ago')).toMatchObject({ objects: 3, again: 3 });
    await expect.poll(() => accepted().length, PATIENCE).toBe(6);
    await expect.poll(async () => json('state', 'show'), PATIENCE).toMatchObject({ wanted: 0, partial: 0 });

    expect(await fixture.run(['state', 'rewind', '-c', config, '--to', '1h ago'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('stop them all first'),
    });
    expect(await streamer.stop()).toMatchObject({ code: 0 });
    expect(await json('state', 'rewind', '--to', '1h ago')).toMatchObject({ completeObjects: 3 });
    const again = fixture.start(config);
    await expect.poll(() => accepted().length, PATIENCE).toBe(9);
    expect(await again.stop()).toMatchObject({ code: 0 });
  });

  it('bring back from quarantine exactly what was set aside', async () => {
    endpoint.answer = (_, response, body) => {
      if (body.includes('bad')) response.statusCode = 400;
      response.end(body.includes('bad') ? 'unknown field' : '');
    };
    await fixture.put('1760305292_56442_130_1.gz', recordLine('good-1') + recordLine('bad') + recordLine('good-2'));
    await deliver('other');
    const streamer = fixture.start(config);
    const list = async (): Promise<string> => (await fixture.run(['quarantine', 'list', '-c', config])).stdout;
    await expect.poll(list, PATIENCE).toMatch(/#1 .*refused +open[^]*line 2, /);
    endpoint.answer = (_, response) => void response.end();
    endpoint.bodies.length = 0;
    expect(await json('quarantine', 'retry', '--all')).toMatchObject({ records: 1, objects: 1 });
    await expect.poll(() => accepted(), PATIENCE).toEqual(['bad']);
    await expect.poll(list, PATIENCE).toContain('nothing is in quarantine');
    expect((await fixture.run(['quarantine', 'list', '--closed', '-c', config])).stdout).toMatch(/#1 .* resolved /);
    expect(await streamer.stop()).toMatchObject({ code: 0 });
  });

  it('set a state aside when they are told to, and move it back', async () => {
    const original = join(fixture.folder, 'original.json');
    const migrate = async (from: string, ...rest: readonly string[]) =>
      fixture.run(['state', 'migrate', '-c', config, '--from', from, '--json', ...rest]);
    const progressTo = (seconds: number): void =>
      writeFileSync(original, JSON.stringify({ last_processed_timestamp: seconds, total_files_processed: 7 }));
    progressTo(1_760_305_292);
    expect(await migrate(original)).toMatchObject({ code: 0 });
    progressTo(1_760_308_892);
    expect(await migrate(original)).toMatchObject({ code: 2, stderr: expect.stringContaining('add --force') });
    const { setAside } = JSON.parse((await migrate(original, '--force')).stdout) as { setAside: string };
    expect(await json('state', 'show')).toMatchObject({ startFrom: '2025-10-12T22:26:32Z' });

    const prefix = /^under the key prefix (s3-streamer-replaced-\S+)$/.exec(setAside)?.[1] ?? '';
    expect(await migrate(redis.url, '--force', '--key-prefix', prefix)).toMatchObject({ code: 0 });
    expect(await json('state', 'show')).toMatchObject({ startFrom: '2025-10-12T21:26:32Z' });
    expect(await migrate(redis.url, '--force')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('is the state of the configuration itself'),
    });
  });

  it("move it to Redis and back to a file, with nothing delivered again; and take over the original's", async () => {
    await deliver('1', '2');
    const file = fixture.writeConfig([endpoint.url], {}, 'file.yaml');
    const alone = fixture.start(file);
    await expect.poll(() => accepted().length, PATIENCE).toBe(2);
    expect(await alone.stop()).toMatchObject({ code: 0 });
    const database = fixture.stateFile.replace('.json', '.db');
    expect((await fixture.run(['state', 'migrate', '-c', config, '--from', database])).stdout).toContain(
      'goes on where',
    );
    expect(await json('state', 'show')).toMatchObject({ complete: 2 });
    expect(await fixture.run(['state', 'migrate', '-c', config, '--from', database])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('the instances have a state there already'),
    });

    const back = fixture.writeConfig(
      [endpoint.url],
      { state: { file_path: join(fixture.folder, 'back.json') } },
      'back.yaml',
    );
    expect(await fixture.run(['state', 'migrate', '-c', back, '--from', redis.url])).toMatchObject({ code: 0 });
    await deliver('3');
    const again = fixture.start(back);
    await expect.poll(() => accepted().length, PATIENCE).toBe(3);
    expect(await again.stop()).toMatchObject({ code: 0 });
    expect(accepted()).toEqual(expect.arrayContaining(['1', '2', '3']));

    const client = redis.client();
    await client.set(
      'old:state',
      JSON.stringify({ last_processed_timestamp: 1_760_305_292, total_files_processed: 7 }),
    );
    client.disconnect();
    const taken = fixture.writeConfig(
      [endpoint.url],
      { state: { file_path: join(fixture.folder, 'new.json') } },
      'new.yaml',
    );
    const from = ['--from', redis.url, '--key-prefix', 'old', '--json'];
    const { stdout } = await fixture.run(['state', 'migrate', '-c', taken, ...from]);
    expect(JSON.parse(stdout)).toMatchObject({ originalFiles: 7, startFrom: '2025-10-12T21:26:32Z' });
  });
});
