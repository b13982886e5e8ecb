import { describe, expect, it } from 'vitest';
import type { Processes, RedisService, S3Service, SinkProcess } from '#simulator';
import { constantPart, defineScenario, loadOf } from '../define-scenario.ts';
import type { NetworkAction, NetworkSpan, Scenario } from '../scenario.ts';
import type { Stage } from './context.ts';
import { linksHarmed, startNetwork, surroundingsOf } from './network.ts';

const s3 = { endpoint: 'http://10.0.0.1:9000' } as S3Service;
const redis = { connection: { kind: 'url', url: 'redis://10.0.0.2' } } as RedisService;
const sink = { endpoints: ['http://10.0.0.3:81', 'http://10.0.0.3:82/in'] } as unknown as SinkProcess;
const parts = { s3, s3Proxy: null, redis, sink };

/** Takes the place of the proxy's process: its links are at ports from 1001 on. */
const processes = {
  startScript: async (_name: string, _script: URL, args: readonly string[]) => ({
    waitForLine: async () => {
      const links = JSON.parse(args[1] ?? '') as readonly unknown[];
      return { ready: true, control: 'http://127.0.0.1:1', ports: links.map((_, index) => 1001 + index) };
    },
  }),
} as unknown as Processes;

function harming(...spans: readonly NetworkSpan[]): Scenario {
  const actions = spans.map((between): NetworkAction => ({
    kind: 'network',
    label: between,
    between,
    faults: [{ kind: 'refuse' }],
    forS: 1,
  }));
  return defineScenario({
    name: 'test',
    why: '',
    proves: '',
    takesS: 1,
    load: loadOf('1x', [constantPart('live', 1, 10)]),
    streamers: 2,
    faults: actions.map((action) => ({ at: { afterS: 1 }, action })),
    expect: [],
  });
}

describe('the network of a run', () => {
  it('has no proxy where no fault of the scenario harms it', async () => {
    expect(await startNetwork(harming(), parts, processes, 1)).toBeNull();
  });

  it('leads each streamer through links of its own where it is harmed, and past them elsewhere', async () => {
    const network = await startNetwork(harming('streamer-sink', 'streamer-redis'), parts, processes, 1);
    const stage = { ...parts, network } as Stage;
    expect([0, 1].map((streamer) => surroundingsOf(stage, streamer))).toEqual([
      {
        s3,
        redis: { connection: { kind: 'url', url: 'redis://127.0.0.1:1005' } },
        endpoints: ['http://127.0.0.1:1001', 'http://127.0.0.1:1002/in'],
      },
      {
        s3,
        redis: { connection: { kind: 'url', url: 'redis://127.0.0.1:1006' } },
        endpoints: ['http://127.0.0.1:1003', 'http://127.0.0.1:1004/in'],
      },
    ]);
    if (network === null) throw new Error('no network');
    expect(network.links.map(({ host, port }) => `${host}:${port}`).slice(3)).toEqual([
      '10.0.0.3:82',
      '10.0.0.2:6379',
      '10.0.0.2:6379',
    ]);
    expect(linksHarmed(network, { between: 'streamer-sink' })).toHaveLength(4);
    expect(linksHarmed(network, { between: 'streamer-redis', streamer: 1 })).toEqual(['streamer-redis 1 10.0.0.2']);
  });

  it.each([
    {
      what: 'sentinels, which lead past it',
      there: { connection: { kind: 'sentinels' } },
      message: /sentinels are not supported/,
    },
    { what: 'no Redis', there: null, message: /no Redis in this run/ },
  ])('is refused to Redis where there are $what', async ({ there, message }) => {
    const start = startNetwork(
      harming('streamer-redis'),
      { ...parts, redis: there as RedisService | null },
      processes,
      1,
    );
    await expect(start).rejects.toThrow(message);
  });
});
