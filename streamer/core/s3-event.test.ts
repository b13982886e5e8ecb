import { readdirSync, readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseS3Event, type ToldObject } from './s3-event.ts';

const fixtures = new URL('../../fixtures/data/sqs/', import.meta.url);
const read = (file: string): string => readFileSync(new URL(file, fixtures), 'utf8');

/** As S3 encodes keys: form encoding, with the slashes kept. */
function encodeKey(key: string): string {
  return new URLSearchParams({ key }).toString().slice('key='.length).replaceAll('%2F', '/');
}

function recordOf(object: ToldObject, eventName = 'ObjectCreated:Put'): unknown {
  const { bucket, key, etag } = object;
  return {
    eventName,
    s3: { bucket: { name: bucket }, object: { key: encodeKey(key), ...(etag === null ? {} : { eTag: etag }) } },
  };
}

function inSns(body: string): string {
  return JSON.stringify({ Type: 'Notification', TopicArn: 'arn:aws:sns:us-east-1:123456789012:s3', Message: body });
}

/** Whatever a key can hold: S3 keys are UTF-8, with spaces, `+`, `%` and slashes like any other character. */
const key = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
  fc.string({ unit: fc.constantFrom(' ', '+', '%', '/', '=', '2', 'B', 'ü', '\n'), minLength: 1, maxLength: 20 }),
);
const told: fc.Arbitrary<ToldObject> = fc.record({
  bucket: fc.stringMatching(/^[a-z0-9.-]{3,20}$/),
  key,
  etag: fc.option(fc.stringMatching(/^[0-9a-f]{32}(-[1-9])?$/)),
});

describe('parseS3Event', () => {
  it('gives back every object that was created, in order, with the key that it has in the bucket, plain or in an envelope', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(told, fc.boolean()), { maxLength: 5 }), fc.boolean(), (objects, isInSns) => {
        const records = objects.map(([object, isCreated]) =>
          recordOf(object, isCreated ? 'ObjectCreated:Copy' : 'ObjectRemoved:Delete'),
        );
        const body = JSON.stringify({ Records: records });
        const created = objects.filter(([, isCreated]) => isCreated).map(([object]) => object);
        expect(parseS3Event(isInSns ? inSns(body) : body)).toEqual({ kind: 'created', objects: created });
      }),
    );
  });

  it('reads what EventBridge makes of it: one object, whose key is not encoded', () => {
    fc.assert(
      fc.property(told, fc.boolean(), (object, isInSns) => {
        const { bucket, key: objectKey, etag } = object;
        const detail = {
          bucket: { name: bucket },
          object: { key: objectKey, size: 7, ...(etag === null ? {} : { etag }) },
        };
        const body = JSON.stringify({ version: '0', source: 'aws.s3', 'detail-type': 'Object Created', detail });
        expect(parseS3Event(isInSns ? inSns(body) : body)).toEqual({ kind: 'created', objects: [object] });
      }),
    );
  });

  it('sees no object in other events of EventBridge, and says where one of its own is wrong', () => {
    const bridged = (type: string, detail: unknown): string =>
      JSON.stringify({ source: 'aws.s3', 'detail-type': type, detail });
    expect(parseS3Event(bridged('Object Deleted', 'anything'))).toEqual({ kind: 'created', objects: [] });
    expect(parseS3Event(bridged('Object Created', { bucket: { name: 'b' }, object: {} }))).toEqual({
      kind: 'unreadable',
      error: expect.stringMatching(/^detail: object\.key/),
    });
  });

  it('understands no message of which anything is cut off', () => {
    fc.assert(
      fc.property(told, fc.boolean(), fc.nat(), (object, isInSns, cut) => {
        const event = JSON.stringify({ Records: [recordOf(object)] });
        const cutEvent = event.slice(0, cut % event.length);
        expect(parseS3Event(isInSns ? inSns(cutEvent) : cutEvent).kind).toBe('unreadable');
      }),
    );
  });

  it('calls unreadable, and never throws at, what is no S3 event', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (body) => {
        expect(parseS3Event(body).kind).toBe('unreadable');
        expect(parseS3Event(inSns(body)).kind).toBe('unreadable');
      }),
    );
  });

  it.each([
    [
      'a key that is no URL encoding',
      [{ eventName: 'ObjectCreated:Put', s3: { bucket: { name: 'b' }, object: { key: '100%' } } }],
      /record 0: its key/,
    ],
    [
      'a key that is no UTF-8',
      [{ eventName: 'ObjectCreated:Put', s3: { bucket: { name: 'b' }, object: { key: '%FF' } } }],
      /record 0: its key/,
    ],
    [
      'a record without a key',
      [{ eventName: 'ObjectCreated:Put', s3: { bucket: { name: 'b' }, object: {} } }],
      /record 0: object\.key/,
    ],
    [
      'a record without a bucket',
      [recordOf({ bucket: 'b', key: 'k', etag: null }), { eventName: 'ObjectCreated:Put', s3: {} }],
      /record 1: bucket/,
    ],
    ['a record that does not say what happened', [{ s3: {} }], /Records\.0\.eventName/],
  ])('leaves a message with %s as a whole, and says where', (_, records, error) => {
    expect(parseS3Event(JSON.stringify({ Records: records }))).toEqual({
      kind: 'unreadable',
      error: expect.stringMatching(error),
    });
  });

  it.each([
    'ObjectRemoved:Delete',
    'ObjectRestore:Completed',
    'LifecycleExpiration:Delete',
    'ReducedRedundancyLostObject',
  ])('sees no object in %s, whatever else the record holds', (eventName) => {
    expect(parseS3Event(JSON.stringify({ Records: [{ eventName, s3: 'anything' }] }))).toEqual({
      kind: 'created',
      objects: [],
    });
  });

  it('takes the names that other stores write, and an ETag with its quotes', () => {
    const record = {
      eventName: 's3:ObjectCreated:CompleteMultipartUpload',
      s3: { bucket: { name: 'b' }, object: { key: 'k', eTag: '"e-2"' } },
    };
    const body = JSON.stringify({ EventName: 's3:ObjectCreated:Put', Key: 'b/k', Records: [record] });
    expect(parseS3Event(body)).toEqual({ kind: 'created', objects: [{ bucket: 'b', key: 'k', etag: 'e-2' }] });
  });

  it('never repeats what stands in a message that it cannot read', () => {
    expect(JSON.stringify(parseS3Event('{"Records": [{"eventName": 7, "secret": "hunter2"}]}'))).not.toContain(
      'hunter2',
    );
  });
});

describe('the messages of the fixtures', () => {
  const messages = JSON.parse(read('messages.json')) as readonly {
    file: string;
    objects: readonly { bucket: string; key: string; etag: string }[];
  }[];

  it.each(messages.map(({ file, objects }) => [file, objects] as const))(
    '%s tells of exactly its objects',
    (file, objects) => {
      const event = parseS3Event(read(file));
      const expected = objects.map(({ bucket, key: itsKey, etag }) => ({ bucket, key: itsKey, etag }));
      expect(event).toEqual(file.includes('test') ? { kind: 'test' } : { kind: 'created', objects: expected });
    },
  );

  it('leaves out none but the unparsable one, which it leaves for the redrive policy', () => {
    const files = readdirSync(fixtures).filter(
      (file) => file !== 'messages.json' && !messages.some((message) => message.file === file),
    );
    expect(files).toEqual(['unparsable.txt']);
    expect(parseS3Event(read('unparsable.txt'))).toMatchObject({ kind: 'unreadable' });
  });
});
