/** One round of each program, next to each other in time. */
import { alternate } from '../run/alternate.ts';
import type { Stage } from '../run/context.ts';
import type { LimitedPair, Pair } from './ratio.ts';
import { barePipeRound, streamerRound } from './rounds.ts';

export async function runPair(stage: Stage, pair: number): Promise<Pair> {
  const [streamer, barePipe] = await alternate(
    pair,
    async () => streamerRound(stage, `streamer-${pair}`),
    async () => barePipeRound(stage, `bare-pipe-${pair}`),
  );
  return { streamer, barePipe };
}

/** The streamer at its own `memory.limit`, beside the same streamer at another. */
export async function runLimitedPair(stage: Stage, pair: number, memoryLimit: string): Promise<LimitedPair> {
  const limit = { key: 'memory.limit', value: memoryLimit, shipped: '256MiB', why: 'asked for' };
  const settings = [...stage.scenario.settings, limit];
  const [streamer, limited] = await alternate(
    pair,
    async () => streamerRound(stage, `unlimited-${pair}`),
    async () => streamerRound(stage, `limited-${pair}`, { settings }),
  );
  return { streamer, limited };
}
