/** For the tests of the commands: the real command line in a process of its own, an embedded S3 and HTTP endpoints in this one. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { type FauxqsServer, startFauxqs } from 'fauxqs';
import { stringify } from 'yaml';
import type { ObjectRef } from '../ports.ts';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));
const CREDENTIALS = { AWS_ACCESS_KEY_ID: 'embedded', AWS_SECRET_ACCESS_KEY: 'embedded' };
const STOP_TIMEOUT_MS = 20_000;
export const BUCKET = 'weblog';
export const PREFIX = 'logs/';

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningCommand {
  /** Of stdout so far, each a JSON object (the log). */
  readonly lines: readonly Record<string, unknown>[];
  /** Waits until a line fits. */
  waitFor(isMeant: (line: Record<string, unknown>) => boolean): Promise<void>;
  signal(signal: NodeJS.Signals): void;
  /** SIGTERM by default. */
  stop(signal?: NodeJS.Signals): Promise<CommandResult>;
}

export interface Endpoint {
  readonly url: string;
  /** Bodies in the order of their arrival. */
  readonly bodies: string[];
  readonly methods: string[];
  /** What is answered from now on. */
  answer: (request: IncomingMessage, response: ServerResponse, body: string) => void;
}

/** Everything that one test needs; `close` ends and removes it. */
export class CommandFixture {
  readonly folder = mkdtempSync(join(tmpdir(), 's3es-command-'));
  readonly #closers: (() => Promise<void> | void)[] = [];
  #s3: { readonly client: S3Client; readonly endpoint: string; readonly server: FauxqsServer } | null = null;

  readonly #program: readonly string[];

  /** `program`: what node is to run; the sources by default, or a bundle. */
  constructor({ program = ['--import', 'tsx', MAIN] }: { readonly program?: readonly string[] } = {}) {
    this.#program = program;
    this.#closers.push(() => rmSync(this.folder, { recursive: true, force: true }));
  }

  async close(): Promise<void> {
    for (const close of this.#closers.toReversed()) await close();
  }

  async startS3(): Promise<void> {
    const server = await startFauxqs({ port: 0, host: '127.0.0.1', logger: false });
    server.createBucket(BUCKET);
    const endpoint = `http://127.0.0.1:${server.port}`;
    const client = new S3Client({
      endpoint,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: { accessKeyId: 'embedded', secretAccessKey: 'embedded' },
    });
    this.#s3 = { client, endpoint, server };
    this.#closers.push(async () => {
      client.destroy();
      await server.stop();
    });
  }

  get s3Endpoint(): string {
    return this.#s3?.endpoint ?? 'http://127.0.0.1:1';
  }

  /** It speaks SQS, too. */
  get server(): FauxqsServer {
    if (this.#s3 === null) throw new TypeError('call startS3 first');
    return this.#s3.server;
  }

  /** `key` below the prefix. */
  async put(key: string, content: string | Uint8Array): Promise<void> {
    const body = typeof content === 'string' ? gzipSync(content) : content;
    await this.#s3?.client.send(new PutObjectCommand({ Bucket: BUCKET, Key: PREFIX + key, Body: body }));
  }

  /** As the streamer sees them, in listing order. */
  async list(): Promise<readonly ObjectRef[]> {
    const objects: ObjectRef[] = [];
    for (let token: string | undefined, isFirst = true; isFirst || token !== undefined; isFirst = false) {
      const page = await this.#s3?.client.send(
        new ListObjectsV2Command({
          Bucket: BUCKET,
          Prefix: PREFIX,
          ...(token === undefined ? {} : { ContinuationToken: token }),
        }),
      );
      for (const { Key = '', ETag = '', Size = 0, LastModified = new Date(0) } of page?.Contents ?? [])
        objects.push({
          bucket: BUCKET,
          key: Key,
          etag: ETag.replaceAll('"', ''),
          sizeBytes: Size,
          lastModifiedMs: LastModified.getTime(),
        });
      token = page?.NextContinuationToken;
    }
    return objects;
  }

  async startEndpoint(): Promise<Endpoint> {
    const endpoint: { -readonly [Name in keyof Endpoint]: Endpoint[Name] } = {
      url: '',
      bodies: [],
      methods: [],
      answer: (_, response) => response.end(),
    };
    const server = createServer((request, response) => {
      const pieces: Buffer[] = [];
      request.on('data', (piece: Buffer) => pieces.push(piece));
      request.on('end', () => {
        const body = Buffer.concat(pieces).toString();
        endpoint.methods.push(request.method ?? '');
        if (request.method === 'POST') endpoint.bodies.push(body);
        endpoint.answer(request, response, body);
      });
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const address = server.address();
    endpoint.url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
    this.#closers.push(() => {
      server.closeAllConnections();
      server.close();
    });
    return endpoint;
  }

  get stateFile(): string {
    return join(this.folder, 'state.json');
  }

  /** Writes the configuration and gives back its path. `sections` are laid over a small one that works. */
  writeConfig(
    endpoints: readonly string[],
    sections: Readonly<Record<string, object>> = {},
    fileName = 'config.yaml',
  ): string {
    const base: Record<string, object> = {
      s3: { bucket: BUCKET, prefix: PREFIX, region: 'us-east-1', endpoint: this.s3Endpoint, force_path_style: true },
      http: { endpoints },
      processing: { start_from: 'beginning', scan_interval: '200ms', delay_window: '0s' },
      state: { file_path: this.stateFile, save_interval: '50ms' },
      otlp: { enabled: false },
      health: { enabled: false },
    };
    for (const [name, section] of Object.entries(sections)) base[name] = { ...base[name], ...section };
    const path = join(this.folder, fileName);
    writeFileSync(path, stringify(base));
    return path;
  }

  /** Runs a command to its end. */
  async run(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<CommandResult> {
    const { child, output } = this.#spawn(args, env);
    const code = await new Promise<number | null>((resolve) => {
      child.once('close', resolve);
    });
    return { code, ...output };
  }

  /** Starts `run`, and leaves it running. */
  start(config: string, env: NodeJS.ProcessEnv = {}): RunningCommand {
    const { child, output } = this.#spawn(['run', '--config', config], env);
    const ended = new Promise<number | null>((resolve) => {
      child.once('close', resolve);
    });
    const stop = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<CommandResult> => {
      child.kill(signal);
      const kill = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
      const code = await ended;
      clearTimeout(kill);
      return { code, ...output };
    };
    this.#closers.push(async () => {
      await stop('SIGKILL');
    });
    const lines = (): readonly Record<string, unknown>[] =>
      output.stdout
        .split('\n')
        .slice(0, -1)
        .map((line): Record<string, unknown> => JSON.parse(line));
    return {
      get lines() {
        return lines();
      },
      async waitFor(isMeant) {
        while (!lines().some(isMeant)) {
          if (child.exitCode !== null) throw new Error(`the streamer has ended:\n${output.stdout}\n${output.stderr}`);
          await new Promise((resolve) => {
            setTimeout(resolve, 20);
          });
        }
      },
      signal: (signal) => void child.kill(signal),
      stop,
    };
  }

  #spawn(args: readonly string[], env: NodeJS.ProcessEnv) {
    const child = spawn(process.execPath, [...this.#program, ...args], {
      env: { ...process.env, ...CREDENTIALS, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    // A test run that is cut short must not leave a streamer behind.
    const kill = (): void => void child.kill('SIGKILL');
    process.once('exit', kill);
    child.once('close', () => process.off('exit', kill));
    const output = { stdout: '', stderr: '' };
    child.stdout.on('data', (text: Buffer) => {
      output.stdout += text.toString();
    });
    child.stderr.on('data', (text: Buffer) => {
      output.stderr += text.toString();
    });
    return { child, output };
  }
}

/** One line of a record, and its newline. */
export function recordLine(id: string): string {
  return `{"sourcetype":"zscalernss-web","event":{"recordid":"${id}"}}\n`;
}
