import { describe, expect, it } from 'vitest';
import { readPolicy } from './iam-policy.ts';

describe('readPolicy', () => {
  it('allows LIST below the prefix and GET of what is there, and nothing else', () => {
    expect(readPolicy([{ bucket: 'logs', prefix: '_weblog/feedname=Threat Team - Web/' }], 'eu-central-1')).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: 's3:ListBucket',
          Resource: 'arn:aws:s3:::logs',
          Condition: { StringLike: { 's3:prefix': ['_weblog/feedname=Threat Team - Web/*'] } },
        },
        {
          Effect: 'Allow',
          Action: 's3:GetObject',
          Resource: ['arn:aws:s3:::logs/_weblog/feedname=Threat Team - Web/*'],
        },
      ],
    });
  });

  it('names each bucket once, with all its prefixes', () => {
    const { Statement } = readPolicy(
      [
        { bucket: 'a', prefix: 'x/' },
        { bucket: 'b', prefix: '' },
        { bucket: 'a', prefix: 'y/' },
      ],
      'cn-north-1',
    );
    expect(Statement).toEqual([
      expect.objectContaining({
        Resource: 'arn:aws-cn:s3:::a',
        Condition: { StringLike: { 's3:prefix': ['x/*', 'y/*'] } },
      }),
      expect.objectContaining({ Resource: 'arn:aws-cn:s3:::b', Condition: { StringLike: { 's3:prefix': ['*'] } } }),
      expect.objectContaining({
        Resource: ['arn:aws-cn:s3:::a/x/*', 'arn:aws-cn:s3:::b/*', 'arn:aws-cn:s3:::a/y/*'],
      }),
    ]);
  });

  it('allows to read the queue, where there is one', () => {
    const url = 'https://sqs.eu-central-1.amazonaws.com/123456789012/events';
    const { Statement } = readPolicy([{ bucket: 'logs', prefix: '' }], 'eu-central-1', url);
    expect(Statement.at(-1)).toEqual({
      Effect: 'Allow',
      Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility', 'sqs:GetQueueAttributes'],
      Resource: 'arn:aws:sqs:eu-central-1:123456789012:events',
    });
  });
});
