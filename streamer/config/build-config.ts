/** Turns settings that were found good into the `Config` that the streamer works with. */
import type {
  Config,
  HttpAuth,
  HttpConfig,
  OtlpConfig,
  ProcessingConfig,
  RedisConfig,
  S3Config,
  TlsConfig,
} from './config.ts';
import { bufferBytesOf, formatsOf, healthOf, isRedisEnabled, regionOf, sourcesOf } from './derive.ts';
import type { Environment } from './environment.ts';
import type { Settings } from './schema.ts';

export function buildConfig(settings: Settings, env: Environment): Config {
  const { isMoved: _, ...health } = healthOf(settings);
  return deepFreeze({
    s3: buildS3(settings, env),
    discovery: {
      mode: settings.discovery.mode,
      queueUrl: settings.discovery.queue_url,
      visibilityTimeoutMs: settings.discovery.visibility_timeout,
    },
    http: buildHttp(settings),
    processing: buildProcessing(settings),
    state: {
      filePath: settings.state.file_path,
      saveIntervalMs: settings.state.save_interval,
      redis: isRedisEnabled(settings) ? buildRedis(settings.state.redis) : null,
    },
    memoryLimitBytes: settings.memory.limit,
    auditRetentionMs: settings.audit.retention,
    shutdownGraceMs: settings.shutdown_grace,
    logging: settings.logging,
    otlp: buildOtlp(settings),
    health,
  });
}

function buildS3(settings: Settings, env: Environment): S3Config {
  const { s3 } = settings;
  return {
    sources: sourcesOf(settings),
    region: regionOf(settings, env) ?? '',
    endpoint: s3.endpoint,
    forcePathStyle: s3.force_path_style ?? s3.endpoint !== null,
    roleArn: s3.role_arn,
  };
}

function buildHttp(settings: Settings): HttpConfig {
  const { http } = settings;
  return {
    endpoints: http.endpoints ?? [],
    batchLinesMax: http.batch_lines,
    batchBytesMax: http.batch_bytes,
    flushIntervalMs: http.flush_interval,
    workers: http.workers,
    bufferLines: http.buffer_size,
    bufferBytes: bufferBytesOf(settings),
    onFull: http.on_full,
    compression: http.compression,
    passThroughBytesMax: http.passthrough_bytes,
    requestTimeoutMs: http.timeout,
    connectTimeoutMs: http.tls_handshake_timeout,
    responseHeaderTimeoutMs: http.response_header_timeout,
    idleConnectionTimeoutMs: http.idle_conn_timeout,
    auth: buildAuth(http.auth),
    headers: Object.fromEntries(Object.entries(http.headers).map(([name, value]) => [name.toLowerCase(), value])),
    tls: buildTls(http.tls),
  };
}

function buildAuth({ type, token, username, password }: Settings['http']['auth']): HttpAuth {
  switch (type) {
    case 'none':
      return { kind: 'none' };
    case 'bearer':
      return { kind: 'bearer', token: token ?? '' };
    case 'basic':
      return { kind: 'basic', username: username ?? '', password: password ?? '' };
  }
}

/** Null when no file is named. */
function buildTls(files: Settings['http']['tls']): TlsConfig | null {
  const { ca_file: caFile, cert_file: certFile, key_file: keyFile } = files;
  return caFile === null && certFile === null && keyFile === null ? null : { caFile, certFile, keyFile };
}

function buildProcessing({ processing }: Settings): ProcessingConfig {
  return {
    workers: processing.worker_count,
    queueObjectsMax: processing.queue_size,
    scanIntervalMs: processing.scan_interval,
    delayWindowMs: processing.delay_window,
    startFrom: processing.start_from,
    lookbackMs: processing.lookback,
    lookbackIntervalMs: processing.lookback_interval,
    liveWindowMs: processing.live_window,
    lineBytesMax: processing.max_line_bytes,
    onLongLine: processing.on_long_line,
    formats: formatsOf(processing),
  };
}

function buildRedis(redis: Settings['state']['redis']): RedisConfig {
  const { tls } = redis;
  return {
    server: buildRedisServer(redis),
    username: redis.username,
    password: redis.password,
    database: redis.database,
    keyPrefix: redis.key_prefix,
    tls: tls.enabled ? { caFile: tls.ca_file, certFile: tls.cert_file, keyFile: tls.key_file } : null,
    leaseTtlMs: redis.lease_ttl,
  };
}

function buildRedisServer({ url, sentinels, name, host, port }: Settings['state']['redis']): RedisConfig['server'] {
  if (url !== null) return { kind: 'url', url };
  if (sentinels.length > 0) return { kind: 'sentinel', sentinels, name: name ?? '' };
  return { kind: 'address', host, port };
}

function buildOtlp({ otlp }: Settings): OtlpConfig {
  return {
    enabled: otlp.enabled,
    endpoint: otlp.endpoint,
    exportIntervalMs: otlp.export_interval,
    serviceName: otlp.service_name,
    serviceVersion: otlp.service_version,
    insecure: otlp.insecure,
  };
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const child of Object.values(value)) deepFreeze(child);
  return value;
}
