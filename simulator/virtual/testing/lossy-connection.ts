import { type RedisConnection, type Script, StreamerError } from '#streamer';

/** Loses answers when it is told to. */
export class LossyConnection implements RedisConnection {
  readonly place = 'redis.example:6379';
  readonly isConnected = true;
  readonly commandCount = 0;
  readonly #connection: RedisConnection;
  #after: number | null = null;

  constructor(connection: RedisConnection) {
    this.#connection = connection;
  }

  loseAfter(commands: number): void {
    this.#after = commands;
  }

  async connect(): Promise<void> {}

  async run(script: Script, args: readonly (string | number)[]): Promise<unknown> {
    return this.#pass(await this.#connection.run(script, args));
  }

  async command(name: string, args: readonly (string | number)[]): Promise<unknown> {
    return this.#pass(await this.#connection.command(name, args));
  }

  key(name: string): string {
    return this.#connection.key(name);
  }

  close(): void {}

  #pass(reply: unknown): unknown {
    if (this.#after !== null) this.#after -= 1;
    if (this.#after !== -1) return reply;
    this.#after = null;
    throw new StreamerError('STATE_UNREACHABLE', 'the answer was lost');
  }
}
