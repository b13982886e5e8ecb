/** The sink's ceiling beside the rate of a run: a run near it measures the sink, not the streamer. */
import { measureSinkCeiling } from '#simulator';
import type { Stage } from './context.ts';

/** A rate above this share of the ceiling voids the run. */
export const ceilingShareMax = 0.7;

const durationS = 3;

/** Beside nothing else, so that it is what the sink can do on this machine today. */
export async function measureCeilingMBps({ processes, load, scenario, options }: Stage): Promise<number> {
  const { rawMBps } = await measureSinkCeiling({
    processes,
    loadDir: load.dir,
    agents: scenario.agents,
    durationS,
  });
  options.progress.note(`the sink alone takes ${rawMBps.toFixed(0)} MB/s`);
  return rawMBps;
}

/**
 * Once more where the first figure would void the run: measured in a busy moment of the machine it is too low, and the higher of two
 * is nearer to what the sink can do.
 */
export async function confirmCeilingMBps(stage: Stage, firstMBps: number, usedMBps: number): Promise<number> {
  if (usedMBps <= firstMBps * ceilingShareMax) return firstMBps;
  return Math.max(firstMBps, await measureCeilingMBps(stage));
}
