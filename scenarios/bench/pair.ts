/** One round of each program, next to each other in time. */
import type { Stage } from '../run/context.ts';
import type { Pair } from './ratio.ts';
import { barePipeRound, streamerRound } from './rounds.ts';

/** Counted from 1: A B, B A, A B... What drifts while pairs are run hits both programs alike. */
export async function runPair(stage: Stage, pair: number): Promise<Pair> {
  if (pair % 2 === 1) {
    const streamer = await streamerRound(stage, `streamer-${pair}`);
    return { streamer, barePipe: await barePipeRound(stage, `bare-pipe-${pair}`) };
  }
  const barePipe = await barePipeRound(stage, `bare-pipe-${pair}`);
  return { barePipe, streamer: await streamerRound(stage, `streamer-${pair}`) };
}
