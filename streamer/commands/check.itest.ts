import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openFileStateStore } from '../io/file-state-store.ts';
import type { Finding } from './check-finding.ts';
import { BUCKET, CommandFixture, type Endpoint, PREFIX, recordLine } from './fixture-command.ts';

interface CheckResult {
  readonly ok: boolean;
  readonly findings: readonly Finding[];
  readonly iamPolicy: { readonly Statement: readonly object[] } | null;
}

let fixture: CommandFixture;
let endpoint: Endpoint;
beforeEach(async () => {
  fixture = new CommandFixture();
  endpoint = await fixture.startEndpoint();
});
afterEach(async () => fixture.close());

async function check(config: string) {
  const { code, stdout, stderr } = await fixture.run(['check', '-c', config, '--json']);
  if (stdout === '') throw new Error(stderr);
  const result: CheckResult = JSON.parse(stdout);
  return { code, stderr, ...result, failed: result.findings.filter(({ status }) => status === 'failed') };
}

/** An S3 that answers GET and LIST as it is told. */
async function startOddS3(answers: {
  readonly list: readonly [number, string];
  readonly get: readonly [number, string];
}): Promise<string> {
  const s3 = await fixture.startEndpoint();
  s3.answer = (request, response) => {
    const [status, body] = request.url?.includes('list-type=2') === true ? answers.list : answers.get;
    response.writeHead(status, { 'content-type': 'application/xml', etag: '"e"' }).end(body);
  };
  return s3.url;
}

const DENIED = [
  403,
  '<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>',
] as const;
const LISTED = [
  200,
  `<?xml version="1.0"?><ListBucketResult><Name>${BUCKET}</Name><KeyCount>1</KeyCount><MaxKeys>10</MaxKeys><IsTruncated>false</IsTruncated>
   <Contents><Key>${PREFIX}1760305292_1_1_1.gz</Key><LastModified>2025-10-12T21:41:32.000Z</LastModified><ETag>"e"</ETag><Size>5</Size></Contents></ListBucketResult>`,
] as const;

describe('check', () => {
  it('says that all is well, sends no POST and creates nothing', async () => {
    await fixture.startS3();
    await fixture.put('1760305292_56442_130_1.gz', recordLine('1'));
    endpoint.answer = (_, response) => response.writeHead(405).end();
    const config = fixture.writeConfig([endpoint.url], { health: { enabled: true, address: '127.0.0.1:0' } });
    const { code, ok, failed, findings, iamPolicy } = await check(config);
    expect({ code, ok, failed, iamPolicy }).toEqual({ code: 0, ok: true, failed: [], iamPolicy: null });
    expect(findings.map(({ area }) => area)).toEqual(['config', 's3', 's3', 'endpoint', 'config', 'state', 'health']);
    expect(findings.map(({ target }) => target)).toEqual(
      expect.arrayContaining([
        `LIST s3://${BUCKET}/${PREFIX}`,
        `GET s3://${BUCKET}/${PREFIX}1760305292_56442_130_1.gz`,
        endpoint.url,
        fixture.stateFile.replace('.json', '.db'),
      ]),
    );
    expect(endpoint.methods).toEqual(['OPTIONS']);
    expect(readdirSync(fixture.folder)).toEqual(['config.yaml']);
    const text = (await fixture.run(['check', '-c', config])).stdout;
    expect(text).toMatch(/^ok +config/);
    expect(text).not.toMatch(/FAILED/);
  });

  it('tells, where batches hold several lines, what no request can show: that older agents make one record of them', async () => {
    await fixture.startS3();
    const noteWith = async (http: object) => {
      const { findings } = await check(fixture.writeConfig([endpoint.url], { http }));
      return findings.find(({ target }) => target === 'http.batch_lines');
    };
    expect(await noteWith({})).toMatchObject({ status: 'note', cure: expect.stringContaining('http.batch_lines: 1') });
    expect(await noteWith({ batch_lines: 1 })).toBeUndefined();
  });

  it.each([
    ['LIST', { list: DENIED, get: DENIED }, 1],
    ['GET', { list: LISTED, get: DENIED }, 1],
  ] as const)('a denied %s comes with the policy that allows it', async (what, answers, failures) => {
    const s3 = await startOddS3(answers);
    const config = fixture.writeConfig([endpoint.url], { s3: { endpoint: s3 } });
    const { code, ok, failed, iamPolicy, stderr } = await check(config);
    expect({ code, ok, failures: failed.length }).toEqual({ code: 2, ok: false, failures });
    expect(stderr).toMatch(/1 check failed/);
    expect(failed[0]).toMatchObject({
      area: 's3',
      target: expect.stringContaining(what),
      cure: expect.stringContaining('policy below'),
    });
    expect(iamPolicy?.Statement).toMatchObject([
      {
        Action: 's3:ListBucket',
        Resource: `arn:aws:s3:::${BUCKET}`,
        Condition: { StringLike: { 's3:prefix': [`${PREFIX}*`] } },
      },
      { Action: 's3:GetObject', Resource: [`arn:aws:s3:::${BUCKET}/${PREFIX}*`] },
    ]);
    const text = (await fixture.run(['check', '-c', config])).stdout;
    expect(text).toMatch(/"Action": "s3:GetObject"/);
  });

  it('notes an S3 that ignores If-Match', async () => {
    const s3 = await startOddS3({ list: LISTED, get: [200, 'hello'] });
    const { code, findings } = await check(fixture.writeConfig([endpoint.url], { s3: { endpoint: s3 } }));
    expect(code).toBe(0);
    expect(findings).toContainEqual(expect.objectContaining({ status: 'note', detail: 'this S3 ignores If-Match' }));
  });

  it('names everything that fails, at once: bucket, endpoints, state, health port', async () => {
    await fixture.startS3();
    const taken = new URL(endpoint.url).port;
    const store = openFileStateStore(fixture.stateFile);
    const config = fixture.writeConfig(['http://127.0.0.1:9', 'http://no-such-host.invalid'], {
      s3: { bucket: 'no-such-bucket' },
      health: { enabled: true, address: `127.0.0.1:${taken}` },
    });
    const { code, failed } = await check(config);
    await store.close();
    expect(code).toBe(2);
    expect(failed).toEqual([
      expect.objectContaining({ area: 's3', cure: expect.stringContaining('s3.bucket') }),
      expect.objectContaining({
        area: 'endpoint',
        target: 'http://127.0.0.1:9',
        cure: expect.stringContaining('start the EdgeDelta agent'),
      }),
      expect.objectContaining({ area: 'endpoint', cure: expect.stringContaining('host name no-such-host.invalid') }),
      expect.objectContaining({ area: 'state', detail: 'another process uses it' }),
      expect.objectContaining({ area: 'health', cure: expect.stringContaining('free port') }),
    ]);
  });

  it('an endpoint is named without the secret in its query, whether it answers or not', async () => {
    const secret = 'hunter2-hunter2-hunter2';
    await fixture.startS3();
    endpoint.answer = (_, response) => response.writeHead(405).end();
    const away = `http://127.0.0.1:1/in?token=${secret}`;
    const config = fixture.writeConfig([`${endpoint.url}/in?token=${secret}`, away]);
    const { findings, stderr } = await check(config);
    const targets = findings.flatMap(({ area, target }) => (area === 'endpoint' ? [target] : []));
    expect(targets).toEqual([`${endpoint.url}/in`, 'http://127.0.0.1:1/in']);
    const { stdout } = await fixture.run(['check', '-c', config]);
    expect(JSON.stringify(findings) + stderr + stdout).not.toContain('hunter2');
  });

  it('an endpoint that speaks no TLS, or refuses OPTIONS, is told with its cure', async () => {
    await fixture.startS3();
    endpoint.answer = (_, response) => response.writeHead(401).end();
    const plain = await fixture.startEndpoint();
    const config = fixture.writeConfig([endpoint.url, plain.url.replace('http:', 'https:')]);
    const { code, findings } = await check(config);
    expect(code).toBe(2);
    const endpoints = findings.filter(({ area }) => area === 'endpoint');
    expect(endpoints).toMatchObject([
      { status: 'note', cure: expect.stringContaining('http.auth') },
      { status: 'failed', cure: expect.stringContaining('no TLS is spoken there') },
    ]);
  });

  it("finds a state that cannot be written, and an original's that is not taken over", async () => {
    await fixture.startS3();
    writeFileSync(fixture.stateFile, '{"last_processed_timestamp": 1760305292}');
    const unmigrated = await check(fixture.writeConfig([endpoint.url]));
    expect(unmigrated.failed).toMatchObject([{ area: 'state', cure: expect.stringContaining('state migrate --from') }]);

    const folder = join(fixture.folder, 'theirs');
    mkdirSync(folder);
    writeFileSync(join(folder, 'state.db'), 'not a database');
    const foreign = await check(
      fixture.writeConfig([endpoint.url], { state: { file_path: join(folder, 'state.json') } }),
    );
    expect(foreign.failed).toMatchObject([
      { area: 'state', detail: expect.stringContaining('no state file of this program') },
    ]);

    // Root may write anywhere: only another user can see this.
    if (process.getuid?.() === 0) return;
    chmodSync(folder, 0o500);
    const readOnly = await check(
      fixture.writeConfig([endpoint.url], { state: { file_path: join(folder, 'new.json') } }),
    );
    expect(readOnly.failed).toMatchObject([{ area: 'state', cure: expect.stringContaining('belong to the user') }]);
  });

  it('looks at the queue, and says when it is not there', async () => {
    await fixture.startS3();
    fixture.server.createQueue('events');
    const queueUrl = `${fixture.s3Endpoint}/000000000000/events`;
    const found = await check(
      fixture.writeConfig([endpoint.url], { discovery: { mode: 'both', queue_url: queueUrl } }),
    );
    expect(found.failed).toEqual([]);
    expect(found.findings).toContainEqual(expect.objectContaining({ area: 'queue', status: 'ok', target: queueUrl }));
    const missing = await check(
      fixture.writeConfig([endpoint.url], {
        discovery: { mode: 'both', queue_url: queueUrl.replace('events', 'no-such-queue') },
      }),
    );
    expect(missing.code).toBe(2);
    expect(missing.failed).toMatchObject([{ area: 'queue', cure: expect.stringContaining('discovery.queue_url') }]);
  });

  it('an invalid configuration ends at once, with all its problems', async () => {
    const config = join(fixture.folder, 'config.yaml');
    writeFileSync(config, 's3: {bucket: b}\nhttp: {endpoint: x}\n');
    const { code, stdout, stderr } = await fixture.run(['check', '-c', config]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/http.endpoint/);
  });
});
