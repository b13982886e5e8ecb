/** The streamer under test: its bundle, as a process of its own, started as a user would start it. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Authority,
  type Child,
  HarnessError,
  isPortTaken,
  type ProcessClock,
  type Processes,
  readUsage,
  type RedisService,
  type S3Service,
  type SinkAuth,
  type UsageSampler,
} from '#simulator';
import type { Setting } from '../scenario.ts';
import { ReadinessWatch } from './readiness-watch.ts';
import { streamerConfigYaml } from './streamer-config.ts';
import { StreamerLog } from './streamer-log.ts';

export interface StreamerOptions {
  readonly bundle: string;
  readonly folder: string;
  /** For its log files; two streamers of one run have different names. */
  readonly name: string;
  readonly s3: S3Service;
  /** Null for local state. */
  readonly redis: RedisService | null;
  readonly prefix: string;
  readonly endpoints: readonly string[];
  readonly settings: readonly Setting[];
  /** Of the endpoints, where they speak TLS. */
  readonly authority?: Authority | null;
  /** What the endpoints demand; null, or not named: nothing. */
  readonly auth?: SinkAuth | null;
  /** host:port where its metrics go; null, or not named: nowhere. */
  readonly otlp?: string | null;
  /** Node's own flags, beside those it always gets. */
  readonly nodeFlags?: readonly string[];
  /** Beside the credentials of the S3. */
  readonly env?: Readonly<Record<string, string>>;
  /** Of this instance alone, where its readiness is watched. */
  readonly healthPort?: number | null;
  /** Null, or not named: the machine's. */
  readonly clock?: ProcessClock | null;
}

const startMs = 30_000;
const pollMs = 10;
/** The streamer's own grace is 20 s. */
const stopGraceMs = 25_000;

export class Streamer {
  readonly stateFile: string;
  readonly log: StreamerLog;
  /** Over all its processes; null where nobody watches it. */
  readonly readiness: ReadinessWatch | null;
  /** Of its first process, before it had read anything; null when that was over too soon to tell. */
  idleRssMB: number | null = null;
  readonly #options: StreamerOptions;
  readonly #processes: Processes;
  readonly #sampler: UsageSampler;
  #child: Child;
  #isExpectedToRun = true;

  private constructor(
    options: StreamerOptions,
    processes: Processes,
    sampler: UsageSampler,
    child: Child,
    stateFile: string,
  ) {
    this.#options = options;
    this.#processes = processes;
    this.#sampler = sampler;
    this.#child = child;
    this.stateFile = stateFile;
    const { healthPort = null } = options;
    this.readiness = healthPort === null ? null : new ReadinessWatch(`http://127.0.0.1:${healthPort}/ready`);
    processes.onStop(async () => this.readiness?.stop());
    const { clock } = this;
    this.log = new StreamerLog(child.stdoutPath, clock === null ? undefined : (shownMs) => clock.toMachineMs(shownMs));
  }

  static async start(options: StreamerOptions, processes: Processes, sampler: UsageSampler): Promise<Streamer> {
    const stateFolder = join(options.folder, `${options.name}-state`);
    mkdirSync(stateFolder);
    const stateFile = join(stateFolder, 'state.db');
    writeFileSync(configPath(options), streamerConfigYaml({ ...options, stateFile }));
    const child = await spawnStreamer(options, processes);
    const streamer = new Streamer(options, processes, sampler, child, stateFile);
    await streamer.#waitUntilStarted();
    streamer.idleRssMB = readUsage(child.pid)?.rssMB ?? null;
    return streamer;
  }

  get name(): string {
    return this.#options.name;
  }

  /** Null for the machine's. */
  get clock(): ProcessClock | null {
    return this.#options.clock ?? null;
  }

  get configFile(): string {
    return configPath(this.#options);
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** What to throw when it has ended without being told to; null while all is well. */
  get unexpectedExit(): HarnessError | null {
    if (!this.#isExpectedToRun || this.#child.status === null) return null;
    const how = `The streamer ended by itself (${this.#child.describeExit()}).`;
    return new HarnessError('streamer', `${how}\n${this.#child.lastLines()}`);
  }

  async kill(): Promise<void> {
    this.#isExpectedToRun = false;
    // Its CPU time goes with it: a last look.
    this.#sampler.sample();
    this.#child.kill('SIGKILL');
    await this.#child.exited;
  }

  /** SIGSTOP. */
  pause(): void {
    this.#child.kill('SIGSTOP');
  }

  /** SIGCONT. */
  resume(): void {
    this.#child.kill('SIGCONT');
  }

  async restart(): Promise<void> {
    this.#child = await spawnStreamer(this.#options, this.#processes);
    this.#isExpectedToRun = true;
    await this.#waitUntilStarted();
  }

  /** SIGTERM: what is in flight is finished and saved. One that was killed stays as it is. */
  async stop(): Promise<void> {
    if (!this.#isExpectedToRun) return;
    const { unexpectedExit } = this;
    this.#isExpectedToRun = false;
    if (unexpectedExit !== null) throw unexpectedExit;
    this.#sampler.sample();
    const status = await this.#child.stop(stopGraceMs);
    this.log.update();
    if (status.code !== 0) {
      throw new HarnessError(
        'streamer',
        `The streamer did not stop cleanly on SIGTERM (${this.#child.describeExit()}).\n${this.#child.lastLines()}`,
      );
    }
  }

  async #waitUntilStarted(): Promise<void> {
    this.#sampler.watch(this.#options.name, this.#child.pid);
    const before = this.log.starts;
    const deadlineMs = Date.now() + startMs;
    for (;;) {
      const status = this.#child.status;
      this.log.update();
      if (this.log.starts > before) return;
      if (status !== null || Date.now() > deadlineMs) {
        const what =
          status === null
            ? `was not ready within ${startMs / 1000} s`
            : `did not start (${this.#child.describeExit()})`;
        // Its health port was free when the harness chose it. Another program may have been faster.
        const { healthPort = null } = this.#options;
        const lacksPort = healthPort !== null && status !== null && (await isPortTaken(healthPort));
        throw new HarnessError(lacksPort ? 'broken' : 'streamer', `The streamer ${what}.\n${this.#child.lastLines()}`);
      }
      await sleep(pollMs);
    }
  }
}

function configPath(options: StreamerOptions): string {
  return join(options.folder, `${options.name}.yaml`);
}

function spawnStreamer(options: StreamerOptions, processes: Processes): Promise<Child> {
  const { bundle, nodeFlags = [], clock, env } = options;
  const own = readFirstLine(bundle);
  const flags = [...own.flags, ...(clock?.nodeFlags ?? []), ...nodeFlags];
  return processes.start({
    name: options.name,
    command: process.execPath,
    args: [...flags, bundle, 'run', '--config', configPath(options)],
    env: { ...own.env, ...options.s3.env, ...clock?.env, ...env },
    isUnderTest: true,
  });
}

/** The flags and the environment in the bundle's first line, `#!/usr/bin/env -S NAME=VALUE node --flag`, which an explicit `node` does not read. */
function readFirstLine(bundle: string): {
  readonly flags: readonly string[];
  readonly env: Readonly<Record<string, string>>;
} {
  const [line = ''] = readFileSync(bundle, 'utf8').split('\n', 1);
  const words = line.split(' ').slice(1);
  return {
    flags: words.filter((word) => word.startsWith('--')),
    env: Object.fromEntries([...line.matchAll(/ (\w+)=(\S+)/g)].map(([, name = '', value = '']) => [name, value])),
  };
}
