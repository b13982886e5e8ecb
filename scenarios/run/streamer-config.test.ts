import { describe, expect, it } from 'vitest';
import { parseConfig } from '#streamer';
import { allScenarios } from '../catalog.ts';
import { streamerConfigYaml } from './streamer-config.ts';

describe('streamerConfigYaml', () => {
  it.each(allScenarios({ seed: 1, durationS: null, isFull: false }))(
    'gives a configuration that the streamer takes: $name',
    ({ settings }) => {
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
        settings,
      });
      const { config, warnings } = parseConfig(yaml, {}, 'streamer.yaml');
      expect(warnings).toEqual([]);
      expect(config.s3.sources).toMatchObject([{ bucket: 'weblog', prefix: '_weblog/feedname=Threat Team - Web/' }]);
      expect(config.processing).toMatchObject({ startFrom: 'beginning' });
    },
  );
});
