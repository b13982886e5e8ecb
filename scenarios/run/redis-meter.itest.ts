import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectRedis, isRedisAvailable, Processes, startRedis } from '#simulator';
import { countSentCommands, RedisMeter } from './redis-meter.ts';

describe('countSentCommands', () => {
  it('counts scripts, by their text and by their hash, and plain commands of the streamer, but not what runs inside of scripts', () => {
    const stats = [
      '# Commandstats',
      'cmdstat_evalsha:calls=17,usec=3',
      'cmdstat_eval:calls=2,usec=9',
      'cmdstat_hget:calls=400,usec=1',
      'cmdstat_hmget:calls=5,usec=1',
      'cmdstat_info:calls=9,usec=1',
    ];
    expect(countSentCommands(stats.join('\r\n'))).toBe(24);
  });
});

describe.skipIf(!isRedisAvailable(process.env))('the meter', () => {
  let folder: string;
  let processes: Processes;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 's3es-meter-'));
    processes = new Processes(folder);
  });
  afterEach(async () => {
    await processes.stopAll();
    rmSync(folder, { recursive: true, force: true });
  });

  it('keeps what a server had counted before it was killed, and adds what it counts after', async () => {
    const { servers, connection } = await startRedis('local', 'standalone', processes, process.env);
    const client = connectRedis(connection);
    const meter = new RedisMeter(servers);
    const send = async (times: number): Promise<void> => {
      for (let count = 0; count < times; count += 1) await client.eval('return redis.call("PING")', 0);
    };
    await send(30);
    expect(await meter.total()).toBe(30);
    await servers[0]?.kill();
    await servers[0]?.restart('empty');
    await send(7);
    expect(await meter.total()).toBe(37);
    await servers[0]?.kill();
    // It does not answer any more; what it had said counts.
    expect(await meter.total()).toBe(37);
    meter.stop();
    client.disconnect();
  });
});
