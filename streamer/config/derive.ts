/** What follows from several keys, the environment, or a default that depends on another key. */
import { AUTO, type FormatDefinition } from '../core/format.ts';
import type { HealthConfig, SourceConfig } from './config.ts';
import type { Environment } from './environment.ts';
import { withUserFormats } from './log-formats.ts';
import type { Settings } from './schema.ts';
import { parseBytes } from './units.ts';

const BUFFER_BYTES_DEFAULT = parseBytes('64MiB') ?? 0;
const HEALTH_PORT_FALLBACK = 8090;

/** `s3://name/` as some tools print it is `name`; S3 keys have no leading `/`. */
function toSource(bucket: string, prefix: string | null, format: string): SourceConfig {
  return {
    bucket: bucket.replace(/^s3:\/\//, '').replace(/\/$/, ''),
    prefix: (prefix ?? '').replace(/^\//, ''),
    format,
  };
}

/** Empty when neither a bucket nor sources are given. */
export function sourcesOf({ s3, processing }: Settings): readonly SourceConfig[] {
  const format = defaultFormatOf(processing);
  if (s3.sources !== undefined)
    return s3.sources.map((source) => toSource(source.bucket, source.prefix, source.format ?? format));
  return s3.bucket === null ? [] : [toSource(s3.bucket, s3.prefix, format)];
}

export function defaultFormatOf(processing: Settings['processing']): string {
  return processing.default_format ?? processing.log_format ?? (processing.log_formats.length > 0 ? AUTO : 'zscaler');
}

/** Shipped formats and the user's own. */
export function formatsOf({ log_formats }: Settings['processing']): readonly FormatDefinition[] {
  return withUserFormats(
    log_formats.map((format) => ({
      name: format.name,
      filenamePattern: format.filename_pattern,
      timestampRegex: format.timestamp_regex,
      timestampFormat: format.timestamp_format,
      isTimestampRequired: false,
      contentType: format.content_type,
      recordRule: { dropsArrayPunctuation: false, headerLines: format.skip_header_lines },
      origin: 'user',
    })),
  );
}

/** Null when nothing tells. An S3 that is not AWS rarely cares, but signatures need some region. */
export function regionOf({ s3 }: Settings, env: Environment): string | null {
  const fromEnvironment = [env['AWS_REGION'], env['AWS_DEFAULT_REGION']].find(
    (region) => region !== undefined && region !== '',
  );
  return s3.region ?? fromEnvironment ?? (s3.endpoint === null ? null : 'us-east-1');
}

export function bufferBytesOf({ http, memory }: Settings): number {
  return http.buffer_bytes ?? Math.min(BUFFER_BYTES_DEFAULT, Math.floor(memory.limit / 4));
}

/** Who says where Redis is wants it. */
export function isRedisEnabled({ state: { redis } }: Settings): boolean {
  return redis.enabled ?? (redis.url !== null || redis.sentinels.length > 0);
}

/** The original's defaults put its health server on the port of an endpoint on the same host, and one of the two cannot start. */
export function healthOf({ health, http }: Settings): HealthConfig & { readonly isMoved: boolean } {
  const { enabled, path, address } = health;
  const taken = new Set(localPorts(http.endpoints ?? []));
  const isMoved = enabled && isThisHost(address.host) && taken.has(address.port);
  const port = isMoved ? firstFreePort(HEALTH_PORT_FALLBACK, taken) : address.port;
  return { enabled, host: address.host, port, path, isMoved };
}

function firstFreePort(start: number, taken: ReadonlySet<number>): number {
  let port = start;
  while (taken.has(port)) port += 1;
  return port;
}

function localPorts(endpoints: readonly string[]): readonly number[] {
  return endpoints
    .map((endpoint) => new URL(endpoint))
    .filter((url) => isThisHost(url.hostname.replace(/^\[|\]$/g, '')))
    .map((url) => Number(url.port || (url.protocol === 'https:' ? 443 : 80)));
}

function isThisHost(host: string): boolean {
  return ['', 'localhost', '0.0.0.0', '::', '::1'].includes(host) || host.startsWith('127.');
}
