import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasCode } from '../errors.ts';
import type { Config } from './config.ts';
import { formatNote } from './notes.ts';
import { checkConfig, parseConfig } from './parse.ts';

const MINIMAL = `
s3:
  bucket: logs
  region: us-east-1
http:
  endpoints: ["http://10.0.0.1:8080"]
`;

function config(yaml: string, env: Record<string, string> = {}): Config {
  return parseConfig(yaml, env, 'config.yaml').config;
}

/** The problems as `validate` prints them. */
function problems(yaml: string, env: Record<string, string> = {}): readonly string[] {
  const checked = checkConfig(yaml, env);
  return checked.kind === 'invalid' ? checked.problems.map(formatNote) : [];
}

describe('a configuration of the original', () => {
  const yaml = readFileSync(new URL('original.example.yaml', import.meta.url), 'utf8');

  it('loads unchanged, with what it means here', () => {
    expect(config(yaml)).toMatchObject({
      // The leading / is gone: S3 keys have none.
      s3: {
        sources: [
          { bucket: 'acme-collections-useast1', prefix: '_weblog/feedname=Threat Team - Web/', format: 'auto' },
        ],
      },
      http: { batchLinesMax: 1000, batchBytesMax: 1_048_576, flushIntervalMs: 1000, workers: 10, bufferLines: 50_000 },
      processing: { workers: 15, queueObjectsMax: 1000, scanIntervalMs: 15_000, delayWindowMs: 60_000 },
      state: { saveIntervalMs: 30_000, redis: null },
      health: { host: '', port: 8090, path: '/health' },
    });
  });

  it('brings its formats, which stand in for the shipped ones of the same names', () => {
    const { formats } = config(yaml).processing;
    expect(formats.filter(({ origin }) => origin === 'user')).toHaveLength(16);
    expect(formats).toHaveLength(18);
    expect(formats.find(({ name }) => name === 'generic_csv')).toMatchObject({
      recordRule: { headerLines: 1 },
      origin: 'user',
    });
  });

  it('gives a note for each thing that is different here, once, with its line', () => {
    expect(parseConfig(yaml, {}, 'config.yaml').warnings).toEqual([
      expect.stringMatching(/^line 17, http\.max_idle_conns: has no effect here/),
      expect.stringMatching(/^line 21, http\.expect_continue_timeout: has no effect here/),
      expect.stringMatching(/^line 30, processing\.log_formats\[1\]\.field_separator: has no effect here/),
      expect.stringMatching(/^line 38, processing\.log_formats\[9\]\.timestamp_format: has no year/),
      expect.stringMatching(/^line 43, processing\.log_formats\[14\]\.timestamp_regex: has several groups/),
      expect.stringMatching(
        /^line 72, health\.address: port 8080 is that of an endpoint on this host; health is served on port 8090/,
      ),
    ]);
  });
});

describe('defaults', () => {
  it('are those of the contract', () => {
    expect(config(MINIMAL)).toMatchObject({
      s3: {
        sources: [{ bucket: 'logs', prefix: '', format: 'zscaler' }],
        endpoint: null,
        forcePathStyle: false,
        roleArn: null,
      },
      discovery: { mode: 'poll', queueUrl: null },
      http: {
        batchLinesMax: 1000,
        batchBytesMax: 1_048_576,
        flushIntervalMs: 1000,
        workers: 10,
        bufferLines: 50_000,
        bufferBytes: 64 * 1024 * 1024,
        onFull: 'block',
        compression: 'none',
        requestTimeoutMs: 30_000,
        connectTimeoutMs: 10_000,
        responseHeaderTimeoutMs: 10_000,
        idleConnectionTimeoutMs: 90_000,
        auth: { kind: 'none' },
        headers: {},
        tls: null,
      },
      processing: {
        workers: 15,
        queueObjectsMax: 1000,
        scanIntervalMs: 15_000,
        delayWindowMs: 60_000,
        startFrom: 'now',
        lookbackMs: 86_400_000,
        lookbackIntervalMs: 300_000,
        liveWindowMs: 600_000,
        lineBytesMax: 10 * 1024 * 1024,
        onLongLine: 'quarantine',
      },
      state: { filePath: '/var/lib/s3-streamer/state.json', saveIntervalMs: 1000, redis: null },
      memoryLimitBytes: 256 * 1024 * 1024,
      auditRetentionMs: 7 * 86_400_000,
      shutdownGraceMs: 20_000,
      logging: { level: 'info', format: 'json' },
      otlp: { enabled: true, endpoint: 'localhost:4317', exportIntervalMs: 10_000, insecure: true },
      // On loopback, unless the file says otherwise.
      health: { enabled: true, host: '127.0.0.1', port: 8080, path: '/health' },
    });
    expect(parseConfig(MINIMAL, {}, 'config.yaml').warnings).toEqual([]);
  });

  it('shrink the buffer with the memory', () => {
    expect(config(`${MINIMAL}\nmemory: {limit: 64MiB}`).http.bufferBytes).toBe(16 * 1024 * 1024);
  });

  it('turn path-style addressing on and the region to us-east-1 for another S3 than AWS', () => {
    const yaml = 's3: {bucket: logs, endpoint: "http://127.0.0.1:9000"}\nhttp: {endpoints: ["http://10.0.0.1:80"]}';
    expect(config(yaml).s3).toMatchObject({
      endpoint: 'http://127.0.0.1:9000',
      forcePathStyle: true,
      region: 'us-east-1',
    });
  });

  it('take the region from the environment, as the AWS tools do', () => {
    const yaml = MINIMAL.replace('  region: us-east-1\n', '');
    expect(config(yaml, { AWS_REGION: 'eu-west-1' }).s3.region).toBe('eu-west-1');
    expect(config(yaml, { AWS_DEFAULT_REGION: 'eu-west-2' }).s3.region).toBe('eu-west-2');
    expect(problems(yaml)).toEqual([
      'line 2, s3.region: is missing. Use a region such as us-east-1, or set AWS_REGION',
    ]);
  });

  it('make auto the format where the user defines formats', () => {
    const yaml = `${MINIMAL}\nprocessing: {log_formats: [{name: own, filename_pattern: "*.log", timestamp_regex: "(.)"}]}`;
    expect(config(yaml).s3.sources[0]?.format).toBe('auto');
  });
});

describe('values', () => {
  it('are taken as they are written: a password keeps its leading zero', () => {
    const yaml = `${MINIMAL}  auth: {type: basic, username: 007, password: 0123}`;
    expect(config(yaml).http.auth).toEqual({ kind: 'basic', username: '007', password: '0123' });
  });

  it('may be YAML references and merges', () => {
    const yaml =
      's3: {sources: [&a {bucket: logs, prefix: a/}, {<<: *a, prefix: b/}], region: us-east-1}\nhttp: {endpoints: ["http://h:1"]}';
    expect(config(yaml).s3.sources.map(({ bucket, prefix }) => `${bucket}/${prefix}`)).toEqual(['logs/a/', 'logs/b/']);
  });

  it('may be missing below a heading', () => {
    expect(problems(`${MINIMAL}processing:\nstate:\n  redis:\n`)).toEqual([]);
  });

  it('drop s3:// before a bucket and the / before a prefix', () => {
    const yaml = 's3: {bucket: "s3://logs/", prefix: /a/b/, region: us-east-1}\nhttp: {endpoints: ["http://h:1"]}';
    expect(config(yaml).s3.sources).toEqual([{ bucket: 'logs', prefix: 'a/b/', format: 'zscaler' }]);
  });

  it.each([
    ['now', 'now'],
    ['beginning', 'beginning'],
    ['2025-10-12', Date.UTC(2025, 9, 12)],
    ['2025-10-12T21:41:32Z', Date.UTC(2025, 9, 12, 21, 41, 32)],
    ['2025-10-12T23:41:32+02:00', Date.UTC(2025, 9, 12, 21, 41, 32)],
  ])('start from %s', (text, expected) => {
    expect(config(`${MINIMAL}\nprocessing: {start_from: "${text}"}`).processing.startFrom).toBe(expected);
  });

  it('are frozen, deeply', () => {
    const parsed = config(MINIMAL);
    expect(Object.isFrozen(parsed)).toBe(true);
    expect(Object.isFrozen(parsed.processing.formats[0]?.recordRule)).toBe(true);
  });
});

describe('the environment', () => {
  it('stands in for ${NAME}, also inside a text and for a number', () => {
    const yaml = `${MINIMAL}  workers: \${WORKERS}\n  auth: {type: bearer, token: "a-\${TOKEN}"}`;
    expect(config(yaml, { WORKERS: '4', TOKEN: 'b' }).http).toMatchObject({ workers: 4, auth: { token: 'a-b' } });
  });

  it('leaves $${ as ${', () => {
    expect(config(`${MINIMAL}  headers: {x-a: "$\${NAME}"}`).http.headers).toEqual({ 'x-a': '${NAME}' });
  });

  it('is not replaced a second time: a value that looks like a variable stays', () => {
    expect(config(`${MINIMAL}  headers: {x-a: "\${A}"}`, { A: '${B}' }).http.headers).toEqual({ 'x-a': '${B}' });
  });

  it('that lacks a variable is a problem that names it, and only it', () => {
    expect(problems(`${MINIMAL}  workers: \${WORKRES}`, { WORKERS: '4' })).toEqual([
      'line 7, http.workers: the environment variable WORKRES is not set. Set it where the streamer is started. Did you mean WORKERS?',
    ]);
    expect(problems(MINIMAL.replace('10.0.0.1', '${HOST}'))).toEqual([
      'line 6, http.endpoints[0]: the environment variable HOST is not set. Set it where the streamer is started',
    ]);
  });

  it('is not meant by ${ without a name and }', () => {
    for (const text of ['${', '${}', '${a-b}', '${NAME:-x}']) {
      expect(problems(`${MINIMAL}  headers: {x-a: "${text}"}`)).toEqual([
        expect.stringContaining('http.headers.x-a: a ${ is not followed by the name of an environment variable'),
      ]);
    }
  });
});

describe('a null of YAML', () => {
  it.each(['null', 'Null', 'NULL', '~', ''])('is an empty value, as in the original: %s', (text) => {
    // As text it was a prefix that no key has: nothing was read, for ever.
    const { s3, state } = config(MINIMAL.replace('region', `prefix: ${text}\n  region`) + `state: {redis: ${text}}\n`);
    expect(s3.sources).toEqual([{ bucket: 'logs', prefix: '', format: 'zscaler' }]);
    expect(state.redis).toBeNull();
  });

  it.each([
    ['"null"', 'null'],
    ["'~'", '~'],
    ['!!str null', 'null'],
    ['nullable', 'nullable'],
    ['~/x', '~/x'],
  ])('is text where it is meant as such: %s', (text, prefix) => {
    expect(config(MINIMAL.replace('region', `prefix: ${text}\n  region`)).s3.sources[0]?.prefix).toBe(prefix);
  });

  it('is no value for a key that needs one', () => {
    expect(problems(MINIMAL.replace('bucket: logs', 'bucket: ~'))).toEqual([
      expect.stringContaining('s3.bucket: is missing'),
    ]);
    expect(problems(`${MINIMAL}  workers: null`)).toEqual([
      expect.stringContaining('http.workers: the value is empty'),
    ]);
  });
});

describe('problems', () => {
  it('are told all at once, each with its line, and in the order of the file', () => {
    const yaml = `
s3:
  bukcet: logs
  region: us-east-1
http:
  endpoints: http://10.0.0.1:8080
  workers: 0
  timeout: 30
  scan_interval: 15s
  on_full: blok
processing:
  log_formats:
    - name: own
      filename_pattern: "[a"
      timestamp_regex: "no group"
  default_format: zscalr
logs: {}
`;
    expect(problems(yaml)).toEqual([
      'line 3, s3.bukcet: unknown key. Did you mean bucket?',
      'line 6, http.endpoints: needs a list, not a single value. Write each item on a line of its own with "- " before it',
      'line 7, http.workers: "0" is less than 1. Use a whole number from 1 to 1000',
      'line 8, http.timeout: "30" has no unit. Did you mean 30s?',
      'line 9, http.scan_interval: unknown key. Did you mean processing.scan_interval?',
      'line 10, http.on_full: "blok" is not possible here. Did you mean block?',
      expect.stringMatching(/^line 14, processing\.log_formats\[0\]\.filename_pattern: "\[a" is not a glob/),
      expect.stringMatching(/^line 15, processing\.log_formats\[0\]\.timestamp_regex: "no group" has no group/),
      expect.stringMatching(/^line 17, logs: unknown key\. Possible here: s3, discovery, http/),
    ]);
  });

  it('come as one CONFIG_INVALID error that names the file', () => {
    let thrown: unknown = null;
    try {
      parseConfig('s3: {}', {}, 'my.yaml');
    } catch (error) {
      thrown = error;
    }
    expect(hasCode(thrown, 'CONFIG_INVALID')).toBe(true);
    expect(String(thrown)).toMatch(/my\.yaml has 3 problems:\n {2}.*\n {2}.*\n {2}/);
  });

  it('of an empty file are the three keys that have no default', () => {
    expect(problems('# nothing')).toEqual([
      expect.stringMatching(/^s3\.bucket: is missing/),
      expect.stringMatching(/^s3\.region: is missing/),
      expect.stringMatching(/^http\.endpoints: is missing/),
    ]);
  });

  it.each([
    ['http.workers', '1.5', '"1.5" is not a whole number. Use a whole number from 1 to 1000'],
    ['http.buffer_size', '100001', '"100001" is more than 100000. Use a whole number from 1 to 100000'],
    ['http.batch_bytes', '20MiB', '"20MiB" is more than 10MiB. Use a size from 1KiB to 10MiB'],
    ['http.buffer_bytes', '64M', '"64M" has a unit that means two things. Write 64MiB, or 64MB for powers of ten'],
    ['http.flush_interval', '0', '"0" is shorter than 1ms. Use a duration from 1ms to 10m'],
    [
      'http.flush_interval',
      '""',
      'the value is empty. Use a duration from 1ms to 10m, such as 500ms, 15s, 1m30s, 24h or 7d, or remove the key',
    ],
    ['http.endpoints', '[localhost:8080]', '"localhost:8080" is not a URL. Did you mean http://localhost:8080?'],
    ['http.endpoints', '["ftp://h:1"]', '"ftp://h:1" is not an http:// or https:// URL'],
    ['http.workers', '[1]', 'needs a single value, not a list'],
    ['http.auth', 'token', 'needs keys below it, not a single value. Possible: type, token, username, password'],
    ['processing.start_from', '2025-02-30', '"2025-02-30" is neither now, beginning nor a time'],
    ['processing.log_formats', '[{name: auto}]', '"auto" is not a possible name'],
    ['health.address', '8080', '"8080" is not host:port'],
    ['health.address', '":80800"', '":80800" is not host:port'],
    ...['/', '/ready', '/live', '/live.json', '/metrics', '/a/../b', '/..', '/./a', '//a', 'health'].map(
      (path): [string, string, string] => ['health.path', path, `${JSON.stringify(path)} is no path, or has . or ..`],
    ),
    ['health.enabled', 'maybe', '"maybe" is neither true nor false'],
    ['logging.level', 'warning', '"warning" is not possible here. Use one of: debug, info, warn, error'],
    ['state.redis.database', '16', '"16" is more than 15'],
  ])('of %s: %s say what is wrong and what would be right', (path, value, expected) => {
    const [section = '', ...rest] = path.split('.');
    const yaml = MINIMAL.replace(/ {2}endpoints.*\n/, path === 'http.endpoints' ? '' : '$&');
    const nested = rest.reduceRight((inner, key) => `{${key}: ${inner}}`, value);
    const text = section === 'http' ? `${yaml}  ${rest[0]}: ${value}\n` : `${yaml}${section}: ${nested}\n`;
    expect(problems(text)).toContainEqual(expect.stringContaining(expected));
  });

  it('of YAML are told with line and cure', () => {
    expect(problems('s3:\n\tbucket: a')).toEqual(['line 2: the line is indented with a tab. Use spaces']);
    expect(problems('s3: {}\ns3: {}')).toEqual(['line 2: the key is there twice. Keep one of the two']);
    expect(problems('just text')).toEqual([expect.stringContaining('the file holds no mapping')]);
    expect(problems('- a\n- b')).toEqual([expect.stringContaining('the file holds no mapping')]);
  });

  it.each(['*abc', '&abc', '!abc def', '@abc', '`abc', '%abc'])(
    'of an unquoted value that begins like %s advise quotes',
    (value) => {
      expect(problems(`a: 1\npassword: ${value}`)).toEqual([expect.stringMatching(/^line 2: .*quotes around/i)]);
    },
  );
});

describe('any file', () => {
  const word = fc.constantFrom(
    '',
    'x',
    '0',
    '15s',
    'true',
    '[',
    '${A}',
    '${',
    'http://h:1',
    'a: b',
    '__proto__',
    'constructor',
  );
  const names =
    's3 http processing state redis tls auth headers endpoints sources log_formats bucket name workers health address memory limit';
  const key = fc.constantFrom(...names.split(' '), '__proto__', 'constructor', '0');
  const tree = fc.letrec<{ node: unknown }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 4, depthSize: 'small' },
      word,
      fc.array(tie('node'), { maxLength: 3 }),
      fc.array(fc.tuple(key, tie('node')), { maxLength: 4 }).map((entries) => Object.fromEntries(entries)),
    ),
  })).node;

  it('is either valid or has problems that name their places; nothing else is ever thrown', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          tree.map((value) => JSON.stringify(value)),
          fc.string(),
        ),
        (yaml) => {
          const checked = checkConfig(yaml, { A: '1' });
          const notes = checked.kind === 'invalid' ? checked.problems : checked.warnings;
          expect(checked.kind === 'valid' || notes.length > 0).toBe(true);
          for (const { path, line, message } of notes) expect([path, line, message].join('')).toMatch(/\w/);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('with a mapping where a value belongs, and a broken reference inside it, has a problem for each', () => {
    // Found by the property above: the reference hid the mapping, and the schema's own error was thrown.
    const checked = checkConfig('{"health":{"address":{"s3":{"s3":"${"}}}}', {});
    const paths = checked.kind === 'invalid' ? checked.problems.map(({ path }) => path) : [];
    expect(paths).toEqual(expect.arrayContaining(['health.address', 'health.address.s3.s3']));
  });
});
