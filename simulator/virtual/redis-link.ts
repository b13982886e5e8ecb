/**
 * One instance's connection to Redis (`streamer/io/redis/connection.ts`) on the virtual clock: commands arrive in the order in which they were sent, and answers come in that
 * order. What was sent reaches Redis whatever becomes of the instance; what was answered reaches the instance only while the connection lasts.
 */
import { type RedisConnection, type Script, StreamerError } from '#streamer';
import type { SeededRandom } from '../random.ts';
import type { HeardAnswer } from './heard-answer.ts';
import type { RedisServer } from './redis-server.ts';
import { latency, type Surroundings } from './surroundings.ts';
import type { Life } from './virtual-time.ts';

/** As the streamer's own connection has them. */
const ANSWER_MS_MAX = 3_000;
const RECONNECT_MS = 100;

export interface RedisLinkOptions {
  readonly surroundings: Surroundings;
  readonly life: Life;
  /** The machine that the instance runs on. */
  readonly host: number;
  readonly server: RedisServer;
  /** The instance renews that session's lease. */
  readonly onSession: (session: string) => void;
  /** The instance has heard the answer. */
  readonly onAnswer: (session: string, answer: HeardAnswer) => void;
}

/** A command that waits for its answer. */
interface Call {
  readonly name: string;
  readonly nth: number;
  readonly askedMs: number;
  readonly answer: (reply: unknown) => void;
  readonly fail: (error: StreamerError) => void;
}

export class RedisLink implements RedisConnection {
  readonly place = 'redis.example:6379';
  readonly #options: RedisLinkOptions;
  readonly #random: SeededRandom;
  readonly #underWay = new Set<Call>();
  #session = '';
  #commands = 0;
  #arrivedMs = -Infinity;
  #answeredMs = -Infinity;
  #connectedFromMs = -Infinity;

  constructor(options: RedisLinkOptions) {
    this.#options = options;
    this.#random = options.surroundings.random('redis');
    options.server.addLink(options.life, () => this.#breakOff());
  }

  get isConnected(): boolean {
    const { server, host, surroundings } = this.#options;
    return server.canConnect(host) && surroundings.time.nowMs >= this.#connectedFromMs;
  }

  get commandCount(): number {
    return this.#commands;
  }

  async connect(): Promise<void> {}

  async run(script: Script, args: readonly (string | number)[]): Promise<unknown> {
    if (script.name === 'renew') {
      this.#session = String(args[1]);
      this.#options.onSession(this.#session);
    }
    return this.#send(script.name, () => this.#options.server.redis.run(script, args));
  }

  async command(name: string, args: readonly (string | number)[]): Promise<unknown> {
    return this.#send(name, () => this.#options.server.redis.command(name, args));
  }

  key(name: string): string {
    return `{world}:${name}`;
  }

  close(): void {}

  async #send(name: string, work: () => unknown): Promise<unknown> {
    const { desk, time, trace, plan, passKillPoint } = this.#options.surroundings;
    const { life, server, host } = this.#options;
    if (!this.isConnected) {
      server.exerciseAbsence(host);
      throw unreachable();
    }
    this.#commands += 1;
    const nth = desk.count('redis');
    const middleMs = plan.redis?.latencyMs ?? 0;
    trace.add('redis', nth, host, name);
    passKillPoint('redis-sent', life);
    const nthOfKind = desk.count(`redis ${name}`);
    const failing = desk.hitCommand('redis-fails', name, nthOfKind);
    const late = desk.hitCommand('redis-late', name, nthOfKind);
    const sentMs = time.nowMs + latency(this.#random, middleMs) / 2;
    this.#arrivedMs = Math.max(this.#arrivedMs, sentMs) + (late?.isDoneLate === true ? late.lateMs : 0);
    return new Promise((resolve, reject) => {
      const call = this.#open(name, nth, resolve, reject);
      const answerLateMs = late?.isDoneLate === false ? late.lateMs : 0;
      const done = (): void => this.#do(call, work, { answerLateMs, isAnswerLost: failing !== null });
      const broken = (): void => this.#breakOff();
      // Whatever becomes of the instance.
      time.at(this.#arrivedMs, null, () => {
        if (failing?.isDone === false) broken();
        else server.arrive(host, { done, broken });
      });
    });
  }

  #open(name: string, nth: number, resolve: (reply: unknown) => void, reject: (error: unknown) => void): Call {
    const settle = (finish: () => void): void => {
      if (!this.#underWay.delete(call)) return;
      timer.cancel();
      finish();
    };
    const call: Call = {
      name,
      nth,
      askedMs: this.#options.surroundings.time.nowMs,
      answer: (reply) => settle(() => resolve(reply)),
      fail: (error) => settle(() => reject(error)),
    };
    // Whatever it would still answer is not ours any more.
    const timer = this.#options.surroundings.time.after(ANSWER_MS_MAX, this.#options.life, () => this.#breakOff());
    this.#underWay.add(call);
    return call;
  }

  /** The command has arrived. */
  #do(
    call: Call,
    work: () => unknown,
    { answerLateMs, isAnswerLost }: { readonly answerLateMs: number; readonly isAnswerLost: boolean },
  ): void {
    const { life, onAnswer } = this.#options;
    const { time, trace, plan, passKillPoint } = this.#options.surroundings;
    const outcome = outcomeOf(work);
    trace.add('redis did', call.nth, outcome.error?.code ?? null);
    passKillPoint('redis-done', life);
    if (isAnswerLost) {
      this.#breakOff();
      return;
    }
    if (!this.#underWay.has(call)) return;
    const wayMs = latency(this.#random, plan.redis?.latencyMs ?? 0) / 2;
    this.#answeredMs = Math.max(this.#answeredMs, time.nowMs + wayMs + answerLateMs);
    time.at(this.#answeredMs, life, () => {
      if (!this.#underWay.has(call)) return;
      if (outcome.error !== null) call.fail(outcome.error);
      else {
        onAnswer(this.#session, { script: call.name, reply: outcome.reply, askedMs: call.askedMs });
        call.answer(outcome.reply);
      }
      passKillPoint('redis-answered', life);
    });
  }

  /** The connection is gone, with all that waits for an answer on it. */
  #breakOff(): void {
    const { time } = this.#options.surroundings;
    this.#connectedFromMs = time.nowMs + RECONNECT_MS;
    this.#arrivedMs = -Infinity;
    this.#answeredMs = -Infinity;
    for (const call of [...this.#underWay]) call.fail(unreachable());
  }
}

function outcomeOf(work: () => unknown): { readonly reply: unknown; readonly error: StreamerError | null } {
  try {
    return { reply: work(), error: null };
  } catch (error) {
    if (error instanceof StreamerError) return { reply: null, error };
    throw error;
  }
}

function unreachable(): StreamerError {
  return new StreamerError('STATE_UNREACHABLE', 'Redis does not answer, as planned');
}
