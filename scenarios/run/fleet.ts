/** The streamers of a run: those that run from its start, and those that join later. */
import { join } from 'node:path';
import { freePort, HarnessError, ProcessClock } from '#simulator';
import type { Scenario } from '../scenario.ts';
import type { Stage } from './context.ts';
import { surroundingsOf } from './network.ts';
import { Streamer, type StreamerOptions } from './streamer.ts';

export interface Fleet {
  /** Grows as others join. */
  readonly streamers: readonly Streamer[];
  /** The next of those that were not started with the run. */
  readonly startStreamer: () => Promise<Streamer>;
}

export async function startFleet(stage: Stage): Promise<Fleet> {
  const { scenario, processes, sampler } = stage;
  const roles = streamerRoles(scenario.streamers).entries();
  const startNext = async (): Promise<Streamer> => {
    const { value: role } = roles.next();
    if (role === undefined) throw new HarnessError('usage', `${scenario.name} has no further streamer to be started.`);
    const [index, name] = role;
    const healthPort = isReadinessWatched(scenario) ? await freePort() : null;
    const clock = clockOf(stage, index, name);
    return Streamer.start({ ...streamerOptions(stage, index), name, healthPort, clock }, processes, sampler);
  };
  const streamers = await Promise.all(Array.from({ length: scenario.streamersAtStart }, startNext));
  const startStreamer = async (): Promise<Streamer> => {
    const streamer = await startNext();
    streamers.push(streamer);
    return streamer;
  };
  return { streamers, startStreamer };
}

/** What it shares with all others, and its own way to the parts around it. */
export function streamerOptions(stage: Stage, index: number): Omit<StreamerOptions, 'name'> {
  const { bundle, folder, prefix, sink, scenario } = stage;
  const { authority, otlp } = sink;
  const { settings, agentPlan } = scenario;
  return { bundle, folder, prefix, authority, auth: agentPlan.auth, otlp, settings, ...surroundingsOf(stage, index) };
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
