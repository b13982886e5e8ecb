/** Who asks a streamer for its health 200 times a second: autocannon in a process of its own, as probes and dashboards are. */
import { z } from 'zod';
import { type Child, freePort, HarnessError, type Processes } from '#simulator';

/** Of one round, from the first answer of the streamer to the end of its work. Latencies in ms, at autocannon's resolution of 1 ms. */
export interface Answers {
  readonly answered: number;
  /** Errors, time-outs, and answers other than 2xx. */
  readonly failed: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const answersSchema = z.object({ answered: z.number(), failed: z.number(), p50Ms: z.number(), p99Ms: z.number() });
const endMs = 10_000;

export class HealthProber {
  /** Where the streamer is to listen. */
  readonly address: string;
  readonly #child: Child;

  private constructor(address: string, child: Child) {
    this.address = address;
    this.#child = child;
  }

  /** It waits for the streamer. */
  static async start(processes: Processes, name: string): Promise<HealthProber> {
    const address = `127.0.0.1:${await freePort()}`;
    const script = new URL('health-prober-main.ts', import.meta.url);
    return new HealthProber(address, await processes.startScript(name, script, [`http://${address}`]));
  }

  async stop(): Promise<Answers> {
    this.#child.kill('SIGTERM');
    const answers = await this.#child.waitForLine((line) => answersSchema.parse(JSON.parse(line)), endMs);
    if (answers.answered === 0) throw new HarnessError('streamer', 'The streamer answered no question for its health.');
    return answers;
  }
}
