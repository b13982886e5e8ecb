import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatNote } from './notes.ts';
import { checkConfig, parseConfig } from './parse.ts';
import { redactedConfig, secretsOf } from './redact.ts';

const SECRET = 'hunter2-hunter2';

/** Everything that a user or a log may get to see of a configuration. */
function shown(yaml: string, env: Record<string, string> = {}): string {
  const checked = checkConfig(yaml, env);
  const notes = [...(checked.kind === 'invalid' ? checked.problems : []), ...checked.warnings].map(formatNote);
  return notes.join('\n') + (checked.kind === 'valid' ? JSON.stringify(redactedConfig(checked.config)) : '');
}

const MINIMAL = 's3: {bucket: logs, region: us-east-1}\nhttp:\n  endpoints: ["http://10.0.0.1:8080"]\n';

describe('a secret', () => {
  it.each([
    ['a token', `${MINIMAL}  auth: {type: bearer, token: ${SECRET}}`],
    ['a token that is not used', `${MINIMAL}  auth: {token: ${SECRET}}`],
    ['a token in a list', `${MINIMAL}  auth: {type: bearer, token: [${SECRET}]}`],
    ['a token where a section belongs', `${MINIMAL}  auth: ${SECRET}`],
    ['a password', `${MINIMAL}  auth: {type: basic, username: u, password: ${SECRET}}`],
    ['a header', `${MINIMAL}  headers: {x-key: ${SECRET}}`],
    ['a header with a line break', `${MINIMAL}  headers: {x-key: "${SECRET}\\n"}`],
    ['an endpoint with a password', `s3: {}\nhttp: {endpoints: ["http://user:${SECRET}@h:1"]}`],
    ['a broken endpoint with a password', `s3: {}\nhttp: {endpoints: ["htp:/user:${SECRET}@h:1"]}`],
    ['an endpoint with a token in its query', MINIMAL.replace(':8080', `:8080/in?token=${SECRET}`)],
    ['a broken endpoint with a token in its query', `s3: {}\nhttp: {endpoints: ["ftp://h/?token=${SECRET}"]}`],
    ['an S3 endpoint with a password', `s3: {endpoint: "http://user:${SECRET}@h"}`],
    ['a Redis password', `${MINIMAL}state: {redis: {password: ${SECRET}}}`],
    ['a Redis URL', `${MINIMAL}state: {redis: {url: "redis://:${SECRET}@h:1"}}`],
    ['a broken Redis URL', `${MINIMAL}state: {redis: {url: "rediss//:${SECRET}@h"}}`],
    ['a password where a Redis URL belongs', `${MINIMAL}state: {redis: {url: ${SECRET}}}`],
    ['a misspelt key', `${MINIMAL}state: {redis: {pasword: ${SECRET}}}`],
    ['an unquoted value that breaks the YAML', `${MINIMAL}state: {redis: {password: "${SECRET}}}`],
    ['an unquoted value that looks like a reference', `${MINIMAL}state: {redis: {password: *${SECRET}}}`],
    ['an unquoted value that looks like a tag', `${MINIMAL}state:\n  redis:\n    password: !${SECRET} x`],
    ['an unquoted value with a colon', `${MINIMAL}state:\n  redis:\n    password: a: ${SECRET}`],
  ])('is in no message and no log: %s', (_, yaml) => {
    expect(shown(yaml)).not.toContain(SECRET);
    expect(shown(yaml)).not.toContain('hunter2');
  });

  it('is in no error that is thrown, nor in its cause', () => {
    let thrown: unknown = null;
    try {
      parseConfig(`http: {auth: {type: basic, token: [${SECRET}]}}`, {}, 'config.yaml');
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(Error);
    const { message, stack, cause, details } = thrown as Error & { details: unknown };
    expect(JSON.stringify([message, stack, cause, details])).not.toContain('hunter2');
  });

  it('that comes from the environment is never shown, whatever key it was put into', () => {
    const keys = fc.constantFrom(
      'http.timeout',
      'http.workers',
      'http.buffer_bytes',
      'http.on_full',
      'http.endpoints',
      's3.endpoint',
      's3.region',
      'processing.start_from',
      'health.enabled',
      'health.address',
      'otlp.endpoint',
      'state.redis.port',
      'no.such_key',
    );
    const value = fc.constantFrom('${SECRET}', 'x${SECRET}', 'http://${SECRET}', '${SECRET}s');
    fc.assert(
      fc.property(keys, value, (key, text) => {
        const yaml = key.split('.').reduceRight((inner, part) => `{${part}: ${inner}}`, `"${text}"`);
        expect(shown(yaml, { SECRET })).not.toContain('hunter2');
      }),
    );
  });
});

describe('redactedConfig', () => {
  it('keeps the shape and what is no secret', () => {
    const yaml = `${MINIMAL}  auth: {type: basic, username: reader, password: ${SECRET}}\n  headers: {x-key: ${SECRET}}`;
    const { config } = parseConfig(yaml, {}, 'config.yaml');
    expect(redactedConfig(config)).toEqual({
      ...config,
      http: {
        ...config.http,
        auth: { kind: 'basic', username: 'reader', password: '[redacted]' },
        headers: { 'x-key': '[redacted]' },
      },
    });
  });

  it('takes passwords out of the Redis state', () => {
    const { config } = parseConfig(MINIMAL, {}, 'config.yaml');
    const redis = {
      server: { kind: 'url', url: `redis://u:${SECRET}@h:6379/1?password=${SECRET}` },
      username: 'u',
      password: SECRET,
      database: 0,
      keyPrefix: 's3-streamer',
      tls: null,
      leaseTtlMs: 15_000,
    } as const;
    const redacted = redactedConfig({ ...config, state: { ...config.state, redis } });
    expect(redacted.state.redis).toMatchObject({
      server: { url: 'redis://u:[redacted]@h:6379/1?[redacted]' },
      password: '[redacted]',
    });
  });
});

describe('secretsOf', () => {
  const secretsIn = (yaml: string, env: Record<string, string> = {}): readonly string[] =>
    secretsOf(parseConfig(yaml, env, 'config.yaml').config, env);

  it('knows each secret in the forms in which it travels', () => {
    expect(secretsIn(`${MINIMAL}  auth: {type: bearer, token: ${SECRET}}`)).toEqual([SECRET]);
    const basic = secretsIn(`${MINIMAL}  auth: {type: basic, username: reader, password: ${SECRET}}`);
    expect(basic).toContain(SECRET);
    expect(basic).toContain(Buffer.from(`reader:${SECRET}`).toString('base64'));
    expect(secretsIn(`${MINIMAL}  headers: {x-key: ${SECRET}}`)).toEqual([SECRET]);
    expect(secretsIn(MINIMAL.replace(':8080', `:8080/in?token=${SECRET}`))).toContain(SECRET);
    expect(secretsIn(MINIMAL, { AWS_SECRET_ACCESS_KEY: SECRET })).toEqual([SECRET]);
  });

  it('puts the longest first, so that no part of one is left standing', () => {
    const lengths = secretsIn(`${MINIMAL}  auth: {type: basic, username: r, password: ${SECRET}}`).map(
      ({ length }) => length,
    );
    expect(lengths).toEqual(lengths.toSorted((left, right) => right - left));
  });

  it('leaves alone what stands in other words by chance', () => {
    const yaml = `${MINIMAL.replace(':8080', ':8080/in?format=json')}  headers: {x-environment: staging}\n  auth: {type: bearer, token: abc}`;
    expect(secretsIn(yaml)).toEqual([]);
  });
});
