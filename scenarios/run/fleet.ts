/** The streamers of a run: those that run from its start, and those that join later. */
import { join } from 'node:path';
import { freePort, HarnessError, ProcessClock } from '#simulator';
import type { Scenario } from '../scenario.ts';
import type { Stage } from './context.ts';
import { surroundingsOf } from './network.ts';
import { Streamer } from './streamer.ts';

export interface Fleet {
  /** Grows as others join. */
  readonly streamers: readonly Streamer[];
  /** The next of those that were not started with the run. */
  readonly startStreamer: () => Promise<Streamer>;
}

export async function startFleet(stage: Stage): Promise<Fleet> {
  const { bundle, folder, prefix, sink, scenario, processes, sampler } = stage;
  const { authority, otlp } = sink;
  const { settings } = scenario;
  const options = { bundle, folder, prefix, authority, otlp, settings };
  const roles = streamerRoles(scenario.streamers).entries();
  const startNext = async (): Promise<Streamer> => {
    const { value: role } = roles.next();
    if (role === undefined) throw new HarnessError('usage', `${scenario.name} has no further streamer to be started.`);
    const [index, name] = role;
    const healthPort = isReadinessWatched(scenario) ? await freePort() : null;
    const clock = clockOf(stage, index, name);
    return Streamer.start({ ...options, ...surroundingsOf(stage, index), name, healthPort, clock }, processes, sampler);
  };
  const streamers = await Promise.all(Array.from({ length: scenario.streamersAtStart }, startNext));
  const startStreamer = async (): Promise<Streamer> => {
    const streamer = await startNext();
    streamers.push(streamer);
    return streamer;
  };
  return { streamers, startStreamer };
}

/** Where somebody could be cut off. */
function isReadinessWatched({ streamers, faults }: Scenario): boolean {
  return streamers > 1 || faults.some(({ action }) => action.kind === 'network');
}

/** Null for the machine's. */
function clockOf({ scenario: { clocks }, time, folder }: Stage, index: number, name: string): ProcessClock | null {
  if (clocks === null) return null;
  return new ProcessClock(join(folder, `${name}-clock.json`), time.aheadMs + (clocks.aheadS[index] ?? 0) * 1000);
}

/** The roles that the processes of the streamer play. */
export function streamerRoles(streamers: number): readonly string[] {
  return streamers === 1 ? ['streamer'] : Array.from({ length: streamers }, (_, index) => `streamer-${index + 1}`);
}
