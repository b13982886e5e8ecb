/** The keys that say where objects are and how new ones are found. */
import * as z from 'zod';
import { defaulted, optional, required, sectionAbout } from './key.ts';
import { choice, duration, flag, httpUrl, shaped, anyText } from './kinds.ts';

const bucket = shaped(
  'text',
  /^(?:s3:\/\/)?[A-Za-z0-9][A-Za-z0-9._-]{1,254}\/?$|^arn:[\w-]+:s3/,
  'is not the name of a bucket',
  'Give the name alone; what comes after it belongs into prefix',
);

const source = z.strictObject({
  bucket: required(bucket, 'Bucket of this source.'),
  prefix: optional(anyText(), 'Only keys that begin with this are read. A leading `/` is dropped.', ''),
  format: optional(anyText(), 'Format of these objects: a name, or `auto`.', '`processing.default_format`'),
});

export const s3 = z
  .strictObject({
    bucket: optional(bucket, 'Bucket to read; `s3://` before it is dropped. Either this or `s3.sources`.'),
    prefix: optional(
      anyText(),
      'Only keys that begin with this are read. A leading `/` is dropped; spaces and `=` are normal.',
      '',
    ),
    region: optional(
      shaped('text', /^[a-z0-9-]+$/, 'is not a region', 'Use a region such as us-east-1'),
      'AWS region of the buckets.',
      '`AWS_REGION` or `AWS_DEFAULT_REGION`; with an endpoint `us-east-1`',
    ),
    endpoint: optional(httpUrl(), 'Another S3 than AWS: MinIO, SeaweedFS, a VPC endpoint.', 'AWS itself'),
    force_path_style: optional(
      flag(),
      'Put the bucket into the path of the URL, not into the host name.',
      '`true` with an endpoint, else `false`',
    ),
    role_arn: optional(
      shaped(
        'ARN',
        /^arn:[\w-]+:iam::\d{12}:role\/\S+$/,
        'is not the ARN of a role',
        'Use an ARN such as arn:aws:iam::123456789012:role/reader',
      ),
      'Role to assume, for the bucket and for the queue of `discovery.queue_url`.',
    ),
    sources: z.array(source).optional().register(sectionAbout, { about: 'Several sources. They may not overlap.' }),
  })
  .prefault({})
  .register(sectionAbout, { about: 'Where the objects are. Credentials come from the default chain of the AWS SDK.' });

export const discovery = z
  .strictObject({
    mode: defaulted(
      choice('poll', 'sqs', 'both'),
      'poll',
      'How new objects are found: by listing, by S3 events in a queue, or both.',
    ),
    queue_url: optional(
      shaped(
        'URL',
        /^https?:\/\/[^\s@]+$/,
        'is not the URL of a queue',
        'Use a URL such as https://sqs.us-east-1.amazonaws.com/123456789012/events',
      ),
      'SQS queue with the S3 events, for `sqs` and `both`.',
    ),
    visibility_timeout: defaulted(
      duration('2s', '1h'),
      '30s',
      'A message is hidden for this long, again and again while its objects are under way. The messages of a dead instance are seen by others after this time.',
    ),
  })
  .prefault({})
  .register(sectionAbout, { about: 'How new objects are found.' });
