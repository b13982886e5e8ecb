import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { eventOf } from './event-sender.ts';

it('tells of an object as S3 does', () => {
  const fixture = new URL('../../fixtures/data/sqs/s3-event.json', import.meta.url);
  const event = eventOf(
    {
      bucket: 'logs',
      key: '_weblog/feedname=Threat Team - Web/year=2025/month=10/day=12/1760305292_56442_130_1.gz',
      etag: '9b2cf535f27731c974343645a3985328',
      sizeBytes: 662_000,
      storedMs: Date.UTC(2025, 9, 12, 21, 41, 33, 507),
    },
    'us-east-1',
  );
  const { Records: records } = event as { Records: { s3: { configurationId: string } }[] };
  records[0]!.s3.configurationId = 'streamer';
  expect(JSON.parse(readFileSync(fixture, 'utf8'))).toMatchObject(event);
});
