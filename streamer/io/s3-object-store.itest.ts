import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createNetServer } from 'node:net';
import { CreateBucketCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { type FauxqsServer, startFauxqs } from 'fauxqs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { StreamerError } from '../errors.ts';
import type { ListPage, ListRequest, ObjectRef, ObjectStore } from '../ports.ts';
import { createS3Client, createS3ObjectStore } from './s3-object-store.ts';

const never = new AbortController().signal;
const SECRET = 'wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY';
const clients: S3Client[] = [];
const cleanups: (() => Promise<unknown>)[] = [];

beforeAll(() => {
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: SECRET });
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

function clientFor(endpoint: string, socketsMax = 8): S3Client {
  const client = createS3Client({ region: 'eu-west-1', endpoint, forcePathStyle: true, roleArn: null, socketsMax });
  clients.push(client);
  return client;
}

function storeFor(endpoint: string, socketsMax = 8): ObjectStore {
  return createS3ObjectStore(clientFor(endpoint, socketsMax), socketsMax);
}

function refOf(key: string, etag = 'e0', bucket = 'logs'): ObjectRef {
  return { bucket, key, etag, sizeBytes: 1, lastModifiedMs: 0 };
}

function listOf(options: Partial<ListRequest> = {}): ListRequest {
  return {
    bucket: 'logs',
    prefix: '',
    startAfter: null,
    continuationToken: null,
    delimiter: null,
    keysMax: 1000,
    ...options,
  };
}

async function failureOf(work: Promise<unknown>): Promise<StreamerError> {
  return work.then(
    () => expect.fail('it did not fail'),
    (error: StreamerError) => error,
  );
}

/** A server that speaks HTTP as badly as the test needs. */
async function startServer(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('a stop', () => {
  // A role is assumed, or the instance asked for its credentials, over the same network that is away.
  it.each(['list', 'head', 'get'] as const)('does not wait for credentials: %s', async (name) => {
    const client = clientFor('http://127.0.0.1:1');
    client.config.credentials = async () => new Promise(() => undefined);
    const store = createS3ObjectStore(client, 8);
    const stop = new AbortController();
    const request = {
      list: async () => store.list(listOf(), stop.signal),
      head: async () => store.head(refOf('a.gz'), stop.signal),
      get: async () => store.get(refOf('a.gz'), stop.signal),
    }[name];
    const failure = failureOf(request());
    setTimeout(() => stop.abort(), 20);
    await expect(failure).resolves.toMatchObject({ code: 'ABORTED' });
  });
});

describe('every failure of S3', () => {
  let store: ObjectStore;
  let answer: RequestListener;

  beforeEach(async () => {
    store = storeFor(await startServer((request, response) => answer(request, response)));
  });

  function answerAll(status: number, code: string | null, headers: Record<string, string> = {}): { requests: number } {
    const seen = { requests: 0 };
    const body =
      code === null
        ? null
        : `<?xml version="1.0"?><Error><Code>${code}</Code><Message>It says ${code}.</Message></Error>`;
    answer = (_, response) => {
      seen.requests += 1;
      response.writeHead(status, { 'content-type': 'application/xml', ...headers }).end(body ?? '');
    };
    return seen;
  }

  const CODES: readonly (readonly [status: number, code: string | null, expected: string])[] = [
    [503, 'SlowDown', 'S3_THROTTLED'],
    [403, 'RequestTimeTooSkewed', 'S3_UNAVAILABLE'],
    [503, 'ServiceUnavailable', 'S3_THROTTLED'],
    [429, 'TooManyRequestsException', 'S3_THROTTLED'],
    [500, 'InternalError', 'S3_UNAVAILABLE'],
    [400, 'RequestTimeout', 'S3_UNAVAILABLE'],
    [403, 'AccessDenied', 'S3_ACCESS_DENIED'],
    [403, 'InvalidAccessKeyId', 'S3_ACCESS_DENIED'],
    [403, 'SignatureDoesNotMatch', 'S3_ACCESS_DENIED'],
    [400, 'ExpiredToken', 'S3_ACCESS_DENIED'],
    [400, 'InvalidToken', 'S3_ACCESS_DENIED'],
    [400, 'AuthorizationHeaderMalformed', 'S3_ACCESS_DENIED'],
    [301, 'PermanentRedirect', 'S3_ACCESS_DENIED'],
    [404, 'NoSuchBucket', 'S3_NO_BUCKET'],
    [400, 'InvalidBucketName', 'S3_NO_BUCKET'],
    // Servers and proxies that send no body.
    [503, null, 'S3_THROTTLED'],
    [429, null, 'S3_THROTTLED'],
    [500, null, 'S3_UNAVAILABLE'],
    [502, null, 'S3_UNAVAILABLE'],
    [403, null, 'S3_ACCESS_DENIED'],
    [401, null, 'S3_ACCESS_DENIED'],
  ];

  it.each(CODES)('%i %s is %s, of a LIST and of a GET, and says how to mend it', async (status, code, expected) => {
    answerAll(status, code);
    const listing = await failureOf(store.list(listOf({ prefix: 'web/' }), never));
    expect(listing).toMatchObject({ name: 'StreamerError', code: expected });
    expect(listing.message).toContain('LIST s3://logs/web/');
    expect(listing.cause).toBeInstanceOf(Error);
    const getting = await failureOf(store.get(refOf('web/a.gz'), never));
    expect(getting).toMatchObject({ code: expected });
    expect(getting.message).toContain('GET s3://logs/web/a.gz');
    if (code !== null) expect(getting.message).toContain(code);
    for (const { message } of [listing, getting]) {
      // The cure, and no credentials.
      expect(message).toMatch(/s3\.|processing\.|did not answer/);
      expect(message).not.toContain(SECRET);
      expect(message).not.toContain('AKIA');
    }
  });

  it('does not take credentials that nobody gives for a refusal: they may come a moment later', async () => {
    // A machine that boots: its metadata service is late. Told as a refusal, it ended the program for good.
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) vi.stubEnv(name, undefined);
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
    for (const name of ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE']) vi.stubEnv(name, '/does/not/exist');
    const bare = storeFor('http://127.0.0.1:1');
    const failures = [await failureOf(bare.list(listOf(), never)), await failureOf(bare.get(refOf('a'), never))];
    vi.unstubAllEnvs();
    for (const failure of failures) {
      expect(failure.code).toBe('S3_UNAVAILABLE');
      expect(failure.message).toMatch(/no AWS credentials were found, .*: set AWS_ACCESS_KEY_ID/);
    }
  });

  it.each(['', '<NextContinuationToken></NextContinuationToken>'])(
    'a page that promises more keys and does not say how to get them is a failure, not the last page: %s',
    async (token) => {
      // All keys after the first 1,000 were left out, in silence: an old gateway answered as in version 1 of the API.
      const page = `<ListBucketResult><IsTruncated>true</IsTruncated><NextMarker>a</NextMarker>${token}<Contents><Key>a</Key></Contents></ListBucketResult>`;
      answer = (_, response) => response.writeHead(200, { 'content-type': 'application/xml' }).end(page);
      const failure = await failureOf(store.list(listOf(), never));
      expect(failure).toMatchObject({ code: 'S3_UNAVAILABLE' });
      expect(failure.message).toMatch(
        /no NextContinuationToken: use a server at s3\.endpoint that speaks ListObjectsV2/,
      );
    },
  );

  it("a clock that is far from S3's costs one refusal, not the access", async () => {
    const aheadMs = 3 * 3_600_000;
    const refusals: string[] = [];
    answer = ({ headers: asked }, response) => {
      const nowMs = Date.now() + aheadMs;
      const headers = { 'content-type': 'application/xml', date: new Date(nowMs).toUTCString() };
      const signed = String(asked['x-amz-date']).replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z');
      if (Math.abs(Date.parse(signed) - nowMs) < 900_000) {
        response.writeHead(200, { ...headers, etag: '"e0"' }).end('<ListBucketResult></ListBucketResult>');
        return;
      }
      refusals.push(signed);
      response.writeHead(403, headers).end('<Error><Code>RequestTimeTooSkewed</Code></Error>');
    };
    for (let list = 0; list < 3; list += 1)
      expect(await store.list(listOf({ prefix: 'web/' }), never)).toMatchObject({ objects: [] });
    expect(refusals).toHaveLength(1);
    (await store.get(refOf('web/a.gz'), never)).discard();
    expect(refusals).toHaveLength(1);
  });

  it("a clock that is far from S3's costs a GET one refusal, too", async () => {
    const aheadMs = 3 * 3_600_000;
    let requests = 0;
    answer = ({ headers }, response) => {
      requests += 1;
      const nowMs = Date.now() + aheadMs;
      const hour = new Date(nowMs).toISOString().slice(11, 13);
      const isClose = String(headers['x-amz-date']).slice(9, 11) === hour;
      response.writeHead(isClose ? 200 : 403, { date: new Date(nowMs).toUTCString(), etag: '"e0"' });
      response.end(isClose ? 'x' : '<Error><Code>RequestTimeTooSkewed</Code></Error>');
    };
    expect((await (await store.get(refOf('web/a.gz'), never)).readAll()).length).toBe(1);
    expect(requests).toBe(2);
  });

  it.each([
    [404, 'NoSuchKey', 'S3_NOT_FOUND'],
    // No answer of S3: something on the way does not find its server.
    [404, null, 'S3_UNAVAILABLE'],
    [404, 'NotFound', 'S3_UNAVAILABLE'],
    [412, 'PreconditionFailed', 'S3_CHANGED'],
    [412, null, 'S3_CHANGED'],
    [403, 'InvalidObjectState', 'S3_ARCHIVED'],
  ])('%i %s of a GET is %s', async (status, code, expected) => {
    answerAll(status, code);
    expect(await failureOf(store.get(refOf('a.gz'), never))).toMatchObject({ code: expected });
  });

  // Whoever asks confirms a 404 by a LIST.
  it.each([
    [404, 'S3_NOT_FOUND'],
    [403, 'S3_ACCESS_DENIED'],
    [503, 'S3_THROTTLED'],
    [500, 'S3_UNAVAILABLE'],
  ])('%i of a HEAD, which has no body, is %s', async (status, expected) => {
    answerAll(status, null);
    const error = await failureOf(store.head({ bucket: 'logs', key: 'web/a.gz' }, never));
    expect(error).toMatchObject({ code: expected, message: expect.stringContaining('HEAD s3://logs/web/a.gz') });
  });

  // A LIST names no object: what is missing can only be the bucket.
  it('404 without a body of a LIST is S3_NO_BUCKET', async () => {
    answerAll(404, null);
    expect(await failureOf(store.list(listOf(), never))).toMatchObject({ code: 'S3_NO_BUCKET' });
  });

  // Retries are the pipeline's: counted, with their own back-off, and without holding a reader.
  it.each([
    [503, 'SlowDown'],
    [500, 'InternalError'],
    [403, 'AccessDenied'],
  ])('is told at once: %i %s costs one request', async (status, code) => {
    const seen = answerAll(status, code);
    await failureOf(store.get(refOf('a'), never));
    await failureOf(store.list(listOf(), never));
    expect(seen.requests).toBe(2);
  });

  it('is S3_UNAVAILABLE when the answer is no XML at all', async () => {
    let status = 200;
    answer = (_, response) =>
      response
        .writeHead(status, { 'content-type': 'text/html' })
        .end('<html><body>Sign in to the hotel network</body>');
    expect(await failureOf(store.list(listOf(), never))).toMatchObject({ code: 'S3_UNAVAILABLE' });
    status = 502;
    expect(await failureOf(store.list(listOf(), never))).toMatchObject({ code: 'S3_UNAVAILABLE' });
  }, 20_000);

  it('asks for the version that was listed', async () => {
    let ifMatch: string | undefined;
    answer = ({ headers }, response) => {
      ifMatch = headers['if-match'];
      response.writeHead(200, { etag: '"9b2c-7"' }).end('x');
    };
    const body = await store.get(refOf('a', '9b2c-7'), never);
    expect(ifMatch).toBe('"9b2c-7"');
    expect(body.etag).toBe('9b2c-7');
    body.discard();
  });
});

describe('a 404 of a proxy whose server is away', () => {
  it.each([
    ['empty', {}, ''],
    ['HTML', { 'content-type': 'text/html' }, '<html><body><h1>404 Not Found</h1></body></html>'],
    ['text', { 'content-type': 'text/plain' }, '404 page not found'],
    ['JSON', { 'content-type': 'application/json' }, '{"code":"NoSuchRoute"}'],
  ])('(%s) does not prove that an object is gone', async (_, headers, text) => {
    const endpoint = await startServer((_request, response) => response.writeHead(404, headers).end(text));
    const store = storeFor(endpoint);
    const failure = await failureOf(store.get(refOf('web/a.gz'), never));
    expect(failure).toMatchObject({ code: 'S3_UNAVAILABLE' });
    // What confirms a HEAD.
    expect((await failureOf(store.list(listOf({ prefix: 'web/a.gz' }), never))).code).not.toBe('S3_NOT_FOUND');
  });
});

describe('a body', () => {
  it('that is cut fails as S3_UNAVAILABLE, whole or streamed, and gives what came when it is streamed', async () => {
    const endpoint = await startServer((_, response) => {
      response.writeHead(200, { 'content-length': '100000', etag: '"e0"' });
      response.write(Buffer.alloc(60_000), () => response.destroy());
    });
    const store = storeFor(endpoint);
    const whole = await store.get(refOf('a'), never);
    expect(whole.sizeBytes).toBe(100_000);
    expect(await failureOf(whole.readAll())).toMatchObject({ code: 'S3_UNAVAILABLE' });
    let bytes = 0;
    const streamed = await store.get(refOf('a'), never);
    const reading = (async () => {
      for await (const piece of streamed.stream()) bytes += piece.length;
    })();
    expect(await failureOf(reading)).toMatchObject({ code: 'S3_UNAVAILABLE' });
    expect(bytes).toBe(60_000);
  });

  it('without a length is read to its end', async () => {
    const endpoint = await startServer((_, response) => {
      response.writeHead(200, { etag: '"e0"' });
      response.write('first,');
      response.end('second');
    });
    const store = storeFor(endpoint);
    const body = await store.get(refOf('a'), never);
    expect(body.sizeBytes).toBeNull();
    expect(Buffer.from(await body.readAll()).toString()).toBe('first,second');
  });

  it('that hangs ends as ABORTED when the signal aborts, whole or streamed', async () => {
    const endpoint = await startServer((_, response) => {
      response.writeHead(200, { 'content-length': '100000', etag: '"e0"' });
      response.write(Buffer.alloc(1000));
    });
    const store = storeFor(endpoint);
    for (const isWhole of [true, false]) {
      const stop = new AbortController();
      const body = await store.get(refOf('a'), stop.signal);
      const reading = (async () => {
        if (isWhole) await body.readAll();
        else for await (const piece of body.stream()) expect(piece.length).toBe(1000);
      })();
      setTimeout(() => stop.abort(), 30);
      expect(await failureOf(reading)).toMatchObject({ code: 'ABORTED' });
    }
  });

  it('that is dropped, or left in the middle, gives its socket back', async () => {
    const endpoint = await startServer((_, response) => {
      response.writeHead(200, { 'content-length': '50000000', etag: '"e0"' });
      response.end(Buffer.alloc(50_000_000));
    });
    const store = storeFor(endpoint, 1);
    for (let round = 0; round < 3; round += 1) {
      (await store.get(refOf('dropped'), never)).discard();
      const left = await store.get(refOf('left'), never);
      for await (const piece of left.stream()) {
        expect(piece.length).toBeGreaterThan(0);
        break;
      }
    }
    expect((await (await store.get(refOf('read'), never)).readAll()).length).toBe(50_000_000);
  });
});

describe('a request', () => {
  it('ends as ABORTED when the signal aborts before or while it is under way', async () => {
    const endpoint = await startServer(() => undefined);
    const store = storeFor(endpoint);
    expect(await failureOf(store.list(listOf(), AbortSignal.abort()))).toMatchObject({ code: 'ABORTED' });
    const stop = new AbortController();
    const pending = Promise.all([
      failureOf(store.list(listOf(), stop.signal)),
      failureOf(store.get(refOf('a'), stop.signal)),
    ]);
    setTimeout(() => stop.abort(), 30);
    expect(await pending).toMatchObject([{ code: 'ABORTED' }, { code: 'ABORTED' }]);
  });

  it('fails as S3_UNAVAILABLE when nobody listens', async () => {
    const server = createNetServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const store = storeFor(`http://127.0.0.1:${port}`);
    expect(await failureOf(store.list(listOf(), never))).toMatchObject({
      code: 'S3_UNAVAILABLE',
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });
});

describe('against a real S3', () => {
  let server: FauxqsServer;
  let endpoint: string;
  let store: ObjectStore;
  let client: S3Client;

  beforeAll(async () => {
    server = await startFauxqs({ port: 0, host: '127.0.0.1', logger: false });
    endpoint = `http://127.0.0.1:${server.port}`;
    await clientFor(endpoint).send(new CreateBucketCommand({ Bucket: 'logs' }));
  });
  afterAll(async () => server.stop());
  beforeEach(() => {
    client = clientFor(endpoint);
    store = createS3ObjectStore(client, 8);
  });

  async function put(key: string, body: string | Uint8Array = key): Promise<void> {
    await client.send(new PutObjectCommand({ Bucket: 'logs', Key: key, Body: body }));
  }

  async function listAll(request: ListRequest): Promise<readonly ListPage[]> {
    const pages: ListPage[] = [];
    for (let token: string | null = null; ;) {
      const page = await store.list({ ...request, continuationToken: token }, never);
      pages.push(page);
      token = page.continuationToken;
      if (token === null) return pages;
    }
  }

  it('lists every key once, page by page, in S3’s order', async () => {
    const keys = Array.from({ length: 7 }, (_, index) => `paging/${index + 1}_${index}.gz`);
    for (const key of keys) await put(key);
    const pages = await listAll(listOf({ prefix: 'paging/', keysMax: 3 }));
    expect(pages.map(({ objects }) => objects.length)).toEqual([3, 3, 1]);
    expect(pages.flatMap(({ objects }) => objects.map(({ key }) => key))).toEqual(keys);
  });

  it('begins after a key, which itself is left out', async () => {
    for (const key of ['after/1', 'after/10', 'after/2']) await put(key);
    const { objects } = await store.list(listOf({ prefix: 'after/', startAfter: 'after/1' }), never);
    expect(objects.map(({ key }) => key)).toEqual(['after/10', 'after/2']);
    expect((await store.list(listOf({ prefix: 'after/', startAfter: 'after/2' }), never)).objects).toEqual([]);
  });

  it('folds deeper keys into folders, and pages through both', async () => {
    const keys = ['tree/a.gz', 'tree/year=2025/month=9/a.gz', 'tree/year=2026/b.gz', 'tree/z.gz'];
    for (const key of keys) await put(key);
    const whole = await store.list(listOf({ prefix: 'tree/', delimiter: '/' }), never);
    expect(whole.objects.map(({ key }) => key)).toEqual(['tree/a.gz', 'tree/z.gz']);
    expect(whole.prefixes).toEqual(['tree/year=2025/', 'tree/year=2026/']);
    const pages = await listAll(listOf({ prefix: 'tree/', delimiter: '/', keysMax: 1 }));
    expect(
      pages.flatMap(({ objects, prefixes }) => [...objects.map(({ key }) => key), ...prefixes]).toSorted(),
    ).toEqual(['tree/a.gz', 'tree/year=2025/', 'tree/year=2026/', 'tree/z.gz']);
  });

  it('tells of each object what it needs: decoded key, bare ETag, bytes, LastModified', async () => {
    const key = 'odd/feedname=Threat Team - Web/ü+&%20<"x">.gz';
    const beforeMs = Date.now();
    await put(key, 'five!');
    const { objects } = await store.list(listOf({ prefix: 'odd/' }), never);
    expect(objects).toEqual([
      {
        bucket: 'logs',
        key,
        etag: expect.stringMatching(/^[0-9a-f]{32}$/),
        sizeBytes: 5,
        lastModifiedMs: expect.any(Number),
      },
    ]);
    expect(Math.abs(objects[0]!.lastModifiedMs - beforeMs)).toBeLessThan(5_000);
    const body = await store.get(objects[0]!, never);
    expect(Buffer.from(await body.readAll()).toString()).toBe('five!');
  });

  it('tells of one object what a LIST tells, with LastModified in whole seconds, as AWS has it everywhere', async () => {
    const key = 'looked at/a b+c%41=ü.gz';
    await put(key, 'hello');
    const [listed] = (await store.list(listOf({ prefix: 'looked at/' }), never)).objects;
    const looked = await store.head({ bucket: 'logs', key }, never);
    const lastModifiedMs = Math.floor((listed?.lastModifiedMs ?? 0) / 1000) * 1000;
    expect(looked).toEqual({ ...listed, lastModifiedMs });
    expect(await failureOf(store.head({ bucket: 'logs', key: 'looked at/' }, never))).toMatchObject({
      code: 'S3_NOT_FOUND',
    });
  });

  it('gives the same bytes whole and streamed, empty ones too', async () => {
    for (const content of [Buffer.alloc(0), Buffer.alloc(3_000_000, 'abcdefg')]) {
      await put('same', content);
      const [object] = (await store.list(listOf({ prefix: 'same' }), never)).objects;
      const whole = await store.get(object!, never);
      expect(whole.sizeBytes).toBe(content.length);
      expect(Buffer.from(await whole.readAll()).equals(content)).toBe(true);
      const pieces: Uint8Array[] = [];
      for await (const piece of (await store.get(object!, never)).stream()) pieces.push(piece);
      expect(Buffer.concat(pieces).equals(content)).toBe(true);
    }
  });

  it('does not read a newer version under an older name', async () => {
    await put('changing', 'first');
    const [object] = (await store.list(listOf({ prefix: 'changing' }), never)).objects;
    await put('changing', 'second');
    expect(await failureOf(store.get(object!, never))).toMatchObject({ code: 'S3_CHANGED' });
    const [newer] = (await store.list(listOf({ prefix: 'changing' }), never)).objects;
    expect(Buffer.from(await (await store.get(newer!, never)).readAll()).toString()).toBe('second');
  });

  it('tells a missing object from a missing bucket', async () => {
    expect(await failureOf(store.get(refOf('nowhere'), never))).toMatchObject({ code: 'S3_NOT_FOUND' });
    expect(await failureOf(store.get(refOf('a', 'e0', 'no-such-bucket'), never))).toMatchObject({
      code: 'S3_NO_BUCKET',
    });
    expect(await failureOf(store.list(listOf({ bucket: 'no-such-bucket' }), never))).toMatchObject({
      code: 'S3_NO_BUCKET',
    });
  });

  it('lists an empty bucket as one empty page', async () => {
    expect(await store.list(listOf({ prefix: 'nothing/here/' }), never)).toEqual({
      objects: [],
      prefixes: [],
      continuationToken: null,
    });
  });

  it('serves more readers than it has sockets', async () => {
    await put('crowd', Buffer.alloc(200_000, 'x'));
    const narrow = storeFor(endpoint, 2);
    const [object] = (await narrow.list(listOf({ prefix: 'crowd' }), never)).objects;
    const contents = await Promise.all(
      Array.from({ length: 20 }, async () => (await narrow.get(object!, never)).readAll()),
    );
    expect(contents.every(({ length }) => length === 200_000)).toBe(true);
  });
});
