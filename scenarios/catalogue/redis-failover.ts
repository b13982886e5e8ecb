/** The master of Redis dies, and a replica that may lag takes its place. */
import { defineScenario } from '../define-scenario.ts';
import type { ScenarioBuilder } from '../scenario.ts';
import {
  distantAgents,
  doubleLoad,
  instances,
  onlyInHandReadTwice,
  pauseUnder,
  redisAwayUnder,
  sharingChecks,
  sharingObservations,
  sharingSettings,
} from './sharing.ts';

export const redisFailover: ScenarioBuilder = ({ random, durationS }) => {
  const loadS = durationS ?? 30;
  return defineScenario({
    name: 'redis-failover',
    why: 'Three instances at 2x, and the master of Redis is killed with SIGKILL in mid-run.',
    proves: 'Horizontal scaling with Redis: nothing is lost, and delivery goes on, when Redis fails over.',
    takesS: loadS + 5,
    load: doubleLoad(loadS),
    streamers: instances,
    redis: 'sentinel',
    settings: sharingSettings,
    faults: [
      distantAgents(400),
      { at: { afterS: loadS * (0.3 + 0.3 * random.next()) }, action: { kind: 'redis', harm: 'kill-master', forS: 0 } },
    ],
    observe: sharingObservations,
    expect: [...sharingChecks, pauseUnder(5), redisAwayUnder(5), onlyInHandReadTwice],
  });
};
