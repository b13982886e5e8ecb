/** One round of each program, next to each other in time. */
import type { Stage } from '../run/context.ts';
import type { LimitedPair, Pair } from './ratio.ts';
import { barePipeRound, type Round, streamerRound } from './rounds.ts';

/** Counted from 1: A B, B A, A B... What drifts while pairs are run hits both programs alike. */
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

async function alternate(
  pair: number,
  first: () => Promise<Round>,
  second: () => Promise<Round>,
): Promise<readonly [Round, Round]> {
  if (pair % 2 === 1) return [await first(), await second()];
  const secondRound = await second();
  return [await first(), secondRound];
}
