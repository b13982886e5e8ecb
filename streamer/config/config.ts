/**
 * The configuration as the rest of the streamer sees it: parsed once at the edge, complete (no defaults left to apply), in milliseconds
 * and bytes, deeply readonly and frozen. The keys a user writes, with their defaults and limits, are in `schema.ts`.
 */
import type { FormatDefinition } from '../core/format.ts';

export interface Config {
  readonly s3: S3Config;
  readonly discovery: DiscoveryConfig;
  readonly http: HttpConfig;
  readonly processing: ProcessingConfig;
  readonly state: StateConfig;
  /** Accounted in-flight bytes never exceed this. */
  readonly memoryLimitBytes: number;
  readonly auditRetentionMs: number;
  readonly shutdownGraceMs: number;
  readonly logging: LoggingConfig;
  readonly otlp: OtlpConfig;
  readonly health: HealthConfig;
}

export interface S3Config {
  /** At least one; no two overlap. */
  readonly sources: readonly SourceConfig[];
  readonly region: string;
  /** Null for AWS itself. */
  readonly endpoint: string | null;
  readonly forcePathStyle: boolean;
  readonly roleArn: string | null;
}

export interface SourceConfig {
  readonly bucket: string;
  /** Without a leading `/`; may be empty. */
  readonly prefix: string;
  /** The name of one of `processing.formats`, or `auto`. */
  readonly format: string;
}

interface DiscoveryConfig {
  readonly mode: 'poll' | 'sqs' | 'both';
  /** Never null when the mode is `sqs` or `both`. */
  readonly queueUrl: string | null;
  /** How long the queue hides a message after each time that we ask it to. */
  readonly visibilityTimeoutMs: number;
}

export interface HttpConfig {
  /** Whole URLs, each listed once. */
  readonly endpoints: readonly string[];
  readonly batchLinesMax: number;
  readonly batchBytesMax: number;
  readonly flushIntervalMs: number;
  /** Concurrent POSTs over all endpoints. */
  readonly workers: number;
  /** Lines held between S3 and HTTP. */
  readonly bufferLines: number;
  /** Bytes held between S3 and HTTP. */
  readonly bufferBytes: number;
  readonly onFull: 'block' | 'drop';
  readonly compression: 'none' | 'gzip' | 'passthrough';
  /** As stored: a larger object is not passed through. */
  readonly passThroughBytesMax: number;
  /** A whole POST, from the first byte sent to the last byte of the answer. */
  readonly requestTimeoutMs: number;
  /** TCP and TLS handshakes together. */
  readonly connectTimeoutMs: number;
  readonly responseHeaderTimeoutMs: number;
  readonly idleConnectionTimeoutMs: number;
  readonly auth: HttpAuth;
  /** Lower-case names. The values may be secrets. */
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: TlsConfig | null;
}

export type HttpAuth =
  | { readonly kind: 'none' }
  | { readonly kind: 'bearer'; readonly token: string }
  | { readonly kind: 'basic'; readonly username: string; readonly password: string };

export interface TlsConfig {
  readonly caFile: string | null;
  readonly certFile: string | null;
  readonly keyFile: string | null;
}

export interface ProcessingConfig {
  /** Concurrent S3 objects. */
  readonly workers: number;
  /** Objects waiting for a worker. */
  readonly queueObjectsMax: number;
  readonly scanIntervalMs: number;
  readonly delayWindowMs: number;
  readonly startFrom: StartFrom;
  readonly lookbackMs: number;
  readonly lookbackIntervalMs: number;
  readonly liveWindowMs: number;
  readonly lineBytesMax: number;
  readonly onLongLine: 'quarantine' | 'split' | 'truncate';
  /** Built-in, shipped and user-defined; names are unique, a user's own replaces the shipped one of that name. */
  readonly formats: readonly FormatDefinition[];
}

/** Where a first start begins: a number is a moment in epoch ms. */
export type StartFrom = 'now' | 'beginning' | number;

interface StateConfig {
  readonly filePath: string;
  readonly saveIntervalMs: number;
  /** Null when the state is the local file. */
  readonly redis: RedisConfig | null;
}

export interface RedisConfig {
  readonly server:
    | { readonly kind: 'url'; readonly url: string }
    | { readonly kind: 'address'; readonly host: string; readonly port: number }
    | { readonly kind: 'sentinel'; readonly sentinels: readonly HostAndPort[]; readonly name: string };
  readonly username: string | null;
  readonly password: string | null;
  readonly database: number;
  readonly keyPrefix: string;
  readonly tls: TlsConfig | null;
  readonly leaseTtlMs: number;
}

export interface HostAndPort {
  readonly host: string;
  readonly port: number;
}

interface LoggingConfig {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly format: 'json' | 'text';
}

export interface OtlpConfig {
  readonly enabled: boolean;
  readonly endpoint: string;
  readonly exportIntervalMs: number;
  readonly serviceName: string;
  readonly serviceVersion: string;
  readonly insecure: boolean;
}

export interface HealthConfig {
  readonly enabled: boolean;
  /** Empty for every address. */
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly path: string;
}
