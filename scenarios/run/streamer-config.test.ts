import { describe, expect, it } from 'vitest';
import type { RedisService, RedisTopology } from '#simulator';
import { parseConfig } from '#streamer';
import { allScenarios } from '../catalog.ts';
import { streamerConfigYaml } from './streamer-config.ts';

const local = { kind: 'local', version: '7.0.15', keyPrefix: 's3-streamer', servers: [] } as const;

const sharedState: Readonly<Record<RedisTopology, RedisService>> = {
  standalone: { ...local, connection: { kind: 'url', url: 'redis://127.0.0.1:6380' } },
  sentinel: {
    ...local,
    connection: { kind: 'sentinels', sentinels: [{ host: '127.0.0.1', port: 26_380 }], name: 's3es' },
  },
};

describe('streamerConfigYaml', () => {
  it.each(allScenarios({ seed: 1, durationS: null, isFull: false }))(
    'gives a configuration that the streamer takes: $name',
    ({ settings, redis, agentPlan: { auth } }) => {
      const yaml = streamerConfigYaml({
        s3: {
          kind: 'embedded',
          version: '1',
          endpoint: 'http://127.0.0.1:9000',
          region: 'us-east-1',
          forcePathStyle: true,
          bucket: 'weblog',
          prefix: '',
          env: {},
          pid: null,
        },
        prefix: '_weblog/feedname=Threat Team - Web/',
        endpoints: ['http://127.0.0.1:8081/', 'http://127.0.0.1:8082/'],
        stateFile: '/tmp/state.db',
        redis: redis === null ? null : sharedState[redis],
        settings,
        auth,
        healthPort: 8090,
      });
      const { config, warnings } = parseConfig(yaml, {}, 'streamer.yaml');
      expect(warnings).toEqual([]);
      expect(config.s3.sources).toMatchObject([{ bucket: 'weblog', prefix: '_weblog/feedname=Threat Team - Web/' }]);
      expect(config.state.redis === null).toBe(redis === null);
      expect(config.health).toMatchObject({ enabled: true, port: 8090 });
      expect(config.http.auth.kind).toBe(auth?.scheme ?? 'none');
      expect(config.processing).toMatchObject({ startFrom: 'beginning' });
    },
  );
});
