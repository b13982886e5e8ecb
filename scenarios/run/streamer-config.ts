/** The YAML file of the streamer under test: what the run dictates, and what the scenario sets. */
import { stringify } from 'yaml';
import type { Authority, RedisService, S3Service, SinkAuth } from '#simulator';
import type { Setting } from '../scenario.ts';

export interface StreamerConfigOptions {
  readonly s3: S3Service;
  /** Without its leading part from `s3.prefix`. */
  readonly prefix: string;
  readonly endpoints: readonly string[];
  /** Of the local state; with Redis, of what an instance must remember by itself. */
  readonly stateFile: string;
  readonly redis: RedisService | null;
  readonly settings: readonly Setting[];
  /** Of the endpoints, where they speak TLS. */
  readonly authority?: Authority | null;
  /** What the endpoints demand; null, or not named: nothing. */
  readonly auth?: SinkAuth | null;
  /** host:port where metrics go; null, or not named: nowhere. */
  readonly otlp?: string | null;
  /** Of this instance alone; null, or not named: it serves no health. Two instances, or two runs, must not fight over a port. */
  readonly healthPort?: number | null;
}

export function streamerConfigYaml(options: StreamerConfigOptions): string {
  const { s3, authority = null, auth = null, otlp = null, healthPort = null } = options;
  const config: Record<string, unknown> = {
    s3: {
      bucket: s3.bucket,
      prefix: options.prefix,
      region: s3.region,
      endpoint: s3.endpoint,
      force_path_style: s3.forcePathStyle,
    },
    http: {
      endpoints: [...options.endpoints],
      ...(authority === null ? {} : { tls: tlsSection(authority) }),
      ...(auth === null ? {} : { auth: authSection(auth) }),
    },
    // A run's objects are there, or come, from its own first moment on: none of them may be skipped.
    processing: { start_from: 'beginning' },
    state: {
      file_path: options.stateFile,
      ...(options.redis === null ? {} : { redis: redisSection(options.redis) }),
    },
    logging: { level: 'info', format: 'json' },
    otlp: otlp === null ? { enabled: false } : { enabled: true, endpoint: otlp, export_interval: '1s' },
    health: healthPort === null ? { enabled: false } : { enabled: true, address: `127.0.0.1:${healthPort}` },
  };
  return withSettings(config, options.settings);
}

/** As YAML, with each setting at the place that its key names. */
export function withSettings(
  config: Record<string, unknown>,
  settings: readonly Pick<Setting, 'key' | 'value'>[],
): string {
  for (const { key, value } of settings) setAt(config, key.split('.'), value);
  return stringify(config);
}

function tlsSection({ caFile, client }: Authority): Record<string, unknown> {
  return { ca_file: caFile, cert_file: client.certFile, key_file: client.keyFile };
}

function authSection(auth: SinkAuth): Record<string, unknown> {
  switch (auth.scheme) {
    case 'bearer':
      return { type: 'bearer', token: auth.token };
    case 'basic':
      return { type: 'basic', username: auth.user, password: auth.password };
  }
}

function redisSection({ connection, keyPrefix }: RedisService): Record<string, unknown> {
  const common = { enabled: true, key_prefix: keyPrefix };
  switch (connection.kind) {
    case 'url':
      return { ...common, url: connection.url };
    case 'sentinels':
      return {
        ...common,
        sentinels: connection.sentinels.map(({ host, port }) => `${host}:${port}`),
        name: connection.name,
      };
  }
}

type Node = Record<string, unknown> | unknown[];

function setAt(node: Node, path: readonly string[], value: unknown): void {
  const [name, ...rest] = path;
  if (name === undefined) return;
  const inner = Reflect.get(node, name) as unknown;
  const empty: Node = /^\d+$/.test(rest[0] ?? '') ? [] : {};
  const next = isNode(inner) && Array.isArray(inner) === Array.isArray(empty) ? inner : empty;
  Reflect.set(node, name, rest.length === 0 ? value : next);
  setAt(next, rest, value);
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null;
}
