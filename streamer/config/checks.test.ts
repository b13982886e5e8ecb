import { describe, expect, it } from 'vitest';
import type { Config } from './config.ts';
import { formatNote } from './notes.ts';
import { checkConfig, parseConfig } from './parse.ts';

interface Parts {
  readonly s3?: string;
  readonly http?: string;
  readonly rest?: string;
}

function yaml({ s3 = 'bucket: logs', http = 'endpoints: ["http://10.0.0.1:8080"]', rest = '' }: Parts): string {
  return `s3: {region: us-east-1, ${s3}}\nhttp: {${http}}\n${rest}`;
}

function problems(parts: Parts): readonly string[] {
  const checked = checkConfig(yaml(parts), {});
  return checked.kind === 'invalid' ? checked.problems.map(formatNote) : [];
}

function parse(parts: Parts): { readonly config: Config; readonly warnings: readonly string[] } {
  return parseConfig(yaml(parts), {}, 'config.yaml');
}

const ENDPOINTS = 'endpoints: ["http://10.0.0.1:8080"]';
const SQS = 'discovery: {mode: sqs, queue_url: "https://sqs.eu-west-1.amazonaws.com/1/q"}';

describe('keys that do not fit together', () => {
  it.each<[string, Parts, string]>([
    [
      'a bucket and sources',
      { s3: 'bucket: logs, sources: [{bucket: other}]' },
      's3.bucket: has no effect beside s3.sources',
    ],
    [
      'a prefix and sources',
      { s3: 'prefix: a/, sources: [{bucket: other}]' },
      's3.prefix: has no effect beside s3.sources',
    ],
    ['no sources at all', { s3: 'sources: []' }, 's3.sources: is empty'],
    [
      'sources inside each other',
      { s3: 'sources: [{bucket: logs, prefix: a/}, {bucket: logs, prefix: /a/b/}]' },
      's3.sources[1]: lies inside s3.sources[0]: its objects would be read twice',
    ],
    [
      'the same source twice',
      { s3: 'sources: [{bucket: logs}, {bucket: "s3://logs"}]' },
      's3.sources[1]: lies inside s3.sources[0]',
    ],
    ['no endpoints', { http: 'endpoints: []' }, 'http.endpoints: is empty'],
    [
      'an endpoint twice',
      { http: 'endpoints: ["http://a:1", "http://a:1/"]' },
      'http.endpoints[1]: is the same as http.endpoints[0]',
    ],
    [
      'bearer without a token',
      { http: `${ENDPOINTS}, auth: {type: bearer}` },
      'http.auth.token: is missing: http.auth.type is bearer',
    ],
    [
      'a token without bearer',
      { http: `${ENDPOINTS}, auth: {token: x}` },
      'http.auth.token: has no effect: http.auth.type is none. Set http.auth.type to bearer',
    ],
    [
      'basic without a password',
      { http: `${ENDPOINTS}, auth: {type: basic, username: u}` },
      'http.auth.password: is missing',
    ],
    [
      'a header of ours',
      { http: `${ENDPOINTS}, headers: {Content-Type: x}` },
      'http.headers.Content-Type: is set by the streamer itself',
    ],
    [
      'a header that is none',
      { http: `${ENDPOINTS}, headers: {"a b": x}` },
      'http.headers.a b: is not a possible header name',
    ],
    [
      'a header with a line break',
      { http: `${ENDPOINTS}, headers: {a: "x\\ny"}` },
      'http.headers.a: the value holds a line break',
    ],
    ...['Keep-Alive', 'upgrade'].map((name): [string, Parts, string] => [
      `a header of the connection, ${name}`,
      { http: `${ENDPOINTS}, headers: {${name}: x}` },
      `http.headers.${name}: is set by the streamer itself`,
    ]),
    [
      'a token with the line break of its file',
      { http: `${ENDPOINTS}, auth: {type: bearer, token: "abc\\n"}` },
      'http.auth.token: the value holds a line break',
    ],
    [
      'a password with the line break of its file',
      { http: `${ENDPOINTS}, auth: {type: basic, username: "ü", password: "abc\\n"}` },
      'http.auth.password: the value holds a line break',
    ],
    [
      'a Redis URL with a bare %',
      { rest: 'state: {redis: {url: "redis://:50%off@h:6379"}}' },
      'state.redis.url: the user name or password in it cannot be read. Write % as %25',
    ],
    [
      'a Redis URL with a bare /',
      { rest: 'state: {redis: {url: "redis://:a/b@h:6379"}}' },
      'state.redis.url: the user name or password in it cannot be read',
    ],
    [
      'two authorizations',
      { http: `${ENDPOINTS}, auth: {type: bearer, token: x}, headers: {Authorization: y}` },
      'http.headers.Authorization: is set by http.auth too',
    ],
    [
      'a buffer over the memory',
      { http: `${ENDPOINTS}, buffer_bytes: 300MiB` },
      'http.buffer_bytes: is more than memory.limit',
    ],
    [
      'a buffer under a batch',
      { http: `${ENDPOINTS}, buffer_bytes: 64KiB` },
      'a batch of http.batch_bytes (1048576) does not fit into the buffer (65536)',
    ],
    [
      'memory for too few batches',
      { rest: 'memory: {limit: 16MiB}' },
      'memory.limit: is too small: 8 batches and 2 of the longest lines must fit, 29360128 bytes',
    ],
    [
      'a look-back within the delay',
      { rest: 'processing: {delay_window: 2h, lookback: 1h}' },
      'processing.lookback: is not longer than processing.delay_window',
    ],
    [
      'a look-back within its interval',
      { rest: 'processing: {lookback: 2m}' },
      'processing.lookback: is shorter than processing.lookback_interval',
    ],
    [
      'an unknown format',
      { rest: 'processing: {default_format: zscalr}' },
      'processing.default_format: is not the name of a format. Did you mean zscaler?',
    ],
    [
      'an unknown older format',
      { rest: 'processing: {log_format: nothing}' },
      'processing.log_format: is not the name of a format. There are: auto, zscaler, cisco_umbrella',
    ],
    [
      'an unknown format of a source',
      { s3: 'sources: [{bucket: logs, format: cloudtrial}]' },
      's3.sources[0].format: is not the name of a format. Did you mean cloudtrail?',
    ],
    [
      'two formats of one name',
      { rest: `processing: {log_formats: [${'{name: a, filename_pattern: x, timestamp_regex: "(x)"}, '.repeat(2)}]}` },
      'processing.log_formats[1].name: is also the name of processing.log_formats[0]',
    ],
    [
      'sqs without a queue',
      { rest: 'discovery: {mode: sqs}' },
      'discovery.queue_url: is missing: discovery.mode is sqs',
    ],
    [
      'sqs alone with an access point',
      { s3: 'bucket: "arn:aws:s3:eu-west-1:123456789012:accesspoint/logs"', rest: SQS },
      "s3.bucket: is an access point: S3's events name the bucket behind it",
    ],
    [
      'sqs alone with the alias of an access point',
      { s3: 'sources: [{bucket: logs}, {bucket: logs-ab12cd34-s3alias}]', rest: SQS },
      's3.sources[1].bucket: is an access point',
    ],
    [
      'sentinels without a name',
      { rest: 'state: {redis: {sentinels: ["10.0.0.1:26379"]}}' },
      'state.redis.name: is missing: sentinels need it',
    ],
    ['a certificate without a key', { http: `${ENDPOINTS}, tls: {cert_file: a.pem}` }, 'http.tls.key_file: is missing'],
  ])('%s', (_, parts, expected) => {
    expect(problems(parts)).toContainEqual(expect.stringContaining(expected));
  });

  it('are not told again where a key is wrong by itself', () => {
    // default_format cannot be judged while a format in the list is wrong.
    const rest =
      'processing: {default_format: own, log_formats: [{name: own, filename_pattern: "[", timestamp_regex: "(x)"}]}';
    expect(problems({ rest })).toEqual([expect.stringContaining('log_formats[0].filename_pattern')]);
  });
});

describe('http.compression: passthrough', () => {
  const http = `${ENDPOINTS}, compression: passthrough`;
  const format = (name: string): string => `processing: {default_format: ${name}}`;

  it('goes with formats whose lines are delivered as they stand', () => {
    const rest =
      'processing: {default_format: own, log_formats: [{name: own, filename_pattern: "*.gz", timestamp_regex: "(x)"}]}';
    for (const parts of [
      { http, rest },
      { http, rest: format('app_json_iso') },
    ]) {
      const { config, warnings } = parse(parts);
      expect(config.http).toMatchObject({ compression: 'passthrough', passThroughBytesMax: 16 * 1024 * 1024 });
      expect(warnings.filter((warning) => warning.includes('passthrough'))).toEqual([]);
    }
  });

  it.each<[string, Parts, string]>([
    ['the default', {}, 'processing.default_format: zscaler takes stray commas and brackets out'],
    ['its older name', { rest: 'processing: {log_format: zscaler}' }, 'processing.log_format: zscaler takes stray'],
    ['a heading', { rest: format('vpc_flow') }, 'processing.default_format: vpc_flow takes the heading out (1 line)'],
    ['two lines of it', { rest: format('cloudfront') }, 'cloudfront takes the heading out (2 lines)'],
    ['auto', { rest: format('auto') }, 'processing.default_format: auto chooses among formats'],
    [
      'a heading of the user',
      {
        rest: 'processing: {default_format: own, log_formats: [{name: own, filename_pattern: "*", timestamp_regex: "(x)", skip_header_lines: 3}]}',
      },
      'processing.default_format: own takes the heading out (3 lines)',
    ],
    [
      'one of several sources',
      { s3: 'sources: [{bucket: logs, format: lambda}, {bucket: other, format: generic_csv}]' },
      's3.sources[1].format: generic_csv takes the heading out (1 line)',
    ],
    ['dropping', { http: `${http}, on_full: drop`, rest: format('lambda') }, 'http.on_full: counts the lines'],
  ])('does not go with a rule that hangs on lines: %s', (_, parts, expected) => {
    const found = problems({ http, ...parts });
    expect(found).toEqual([expect.stringContaining(expected)]);
    expect(found[0]).toContain('http.compression: gzip');
  });

  it('says nothing of a default that no source uses', () => {
    expect(problems({ http, s3: 'sources: [{bucket: logs, format: lambda}]' })).toEqual([]);
  });

  it('warns of limits that hold only for what is opened', () => {
    const rest = 'processing: {default_format: lambda, max_line_bytes: 1MiB}';
    expect(parse({ http: `${http}, batch_lines: 10`, rest }).warnings).toEqual([
      expect.stringContaining('http.batch_lines: holds only for objects that are opened'),
      expect.stringContaining('processing.max_line_bytes: holds only for objects that are opened'),
    ]);
  });
});

describe('keys that do fit together', () => {
  it('several sources, each with its own format', () => {
    const s3 = 'sources: [{bucket: logs, prefix: a/}, {bucket: logs, prefix: b/, format: cloudtrail}, {bucket: other}]';
    expect(parse({ s3 }).config.s3.sources).toEqual([
      { bucket: 'logs', prefix: 'a/', format: 'zscaler' },
      { bucket: 'logs', prefix: 'b/', format: 'cloudtrail' },
      { bucket: 'other', prefix: '', format: 'zscaler' },
    ]);
  });

  it('a header of the user, in lower case', () => {
    expect(parse({ http: `${ENDPOINTS}, headers: {X-Team: blue}` }).config.http.headers).toEqual({ 'x-team': 'blue' });
  });

  it('says loudly that dropping loses lines', () => {
    const { config, warnings } = parse({ http: `${ENDPOINTS}, on_full: drop` });
    expect(config.http.onFull).toBe('drop');
    expect(warnings).toEqual([expect.stringContaining('http.on_full: LINES ARE LOST')]);
  });

  it('an access point that is listed, with a warning where a queue should tell of its objects, too', () => {
    const s3 = 'bucket: logs-ab12cd34-s3alias';
    expect(parse({ s3 }).warnings).toEqual([]);
    expect(parse({ s3, rest: SQS.replace('sqs,', 'both,') }).warnings).toEqual([
      expect.stringContaining('s3.bucket: is an access point'),
    ]);
  });

  it('the older name of the format, with a note', () => {
    const { config, warnings } = parse({ rest: 'processing: {log_format: auto}' });
    expect(config.s3.sources[0]?.format).toBe('auto');
    expect(warnings).toEqual([expect.stringContaining('processing.log_format: is the older name of default_format')]);
  });

  it.each(['endpoint: "10.0.0.9:4317", insecure: false', 'endpoint: "https://[::1]:4317"'])(
    'a collector with TLS and no name, with a warning: %s',
    (otlp) => {
      expect(parse({ rest: `otlp: {${otlp}}` }).warnings).toEqual([
        expect.stringMatching(/otlp\.endpoint: .* is an address, and TLS to the collector needs a name/),
      ]);
    },
  );

  it('a collector without TLS by its URL that should have it by its key, with a warning', () => {
    expect(parse({ rest: 'otlp: {endpoint: "http://otel:4317", insecure: false}' }).warnings).toEqual([
      expect.stringContaining('otlp.insecure: has no effect: otlp.endpoint begins with http://'),
    ]);
  });

  it.each(['endpoint: "10.0.0.9:4317"', 'endpoint: "otel:4317", insecure: false', 'insecure: false'])(
    'a collector without TLS, or with a name: %s',
    (otlp) => {
      expect(parse({ rest: `otlp: {${otlp}}` }).warnings).toEqual([]);
    },
  );
});

function health(endpoints: string, address: string): Config['health'] {
  return parse({ http: `endpoints: [${endpoints}]`, rest: `health: {address: "${address}"}` }).config.health;
}

describe('the health port', () => {
  it('moves away from an endpoint on this host, however the host is written', () => {
    for (const host of ['localhost', '127.0.0.1', '[::1]']) {
      expect(health(`"http://${host}:8080"`, ':8080')).toMatchObject({ host: '', port: 8090 });
    }
    expect(health('"http://localhost"', '127.0.0.1:80').port).toBe(8090);
  });

  it('moves on when an endpoint has 8090 too', () => {
    expect(health('"http://localhost:8080", "http://localhost:8090"', ':8080').port).toBe(8091);
  });

  it('stays where the endpoint is on another host, or health listens on another address', () => {
    expect(health('"http://10.0.0.1:8080"', ':8080').port).toBe(8080);
    expect(health('"http://localhost:8080"', '10.0.0.2:8080').port).toBe(8080);
  });

  it('may be left to the system', () => {
    expect(health('"http://localhost:8080"', '127.0.0.1:0')).toMatchObject({ host: '127.0.0.1', port: 0 });
  });
});
