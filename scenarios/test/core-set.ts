/** The scenarios of `npm test` on real parts: the README's first command, and the core set on all parts that are given. The others are for `scenario -- all`. */
import { findScenario } from '../catalog.ts';
import type { Parts } from './parts.ts';
import type { Step } from './step.ts';

export interface ScenarioStep extends Step {
  /** What it must run on; null where the command itself decides. */
  readonly parts: Parts | null;
}

/** The same for both, which then have the same load: it is prepared once. The shortest in which the snapshot judges how even the endpoints are. */
const atDocumentedRate = ['--duration', '40s'];

/** Shorter than usual, where the verdict stays the same. */
const coreSet: Readonly<Record<string, readonly string[]>> = {
  throughput: ['--duration', '20s'],
  'lag-slo': atDocumentedRate,
  'backlog-replay': [],
  'endpoint-outage': [],
  'ack-ambiguity': [],
  'dirty-data': [],
  'redis-failover': ['--duration', '20s'],
  'instance-crash': ['--duration', '20s'],
};

/** As the README has it: on what needs nothing. */
const snapshot: ScenarioStep = {
  name: 'snapshot 1x on embedded',
  script: 'snapshot',
  args: atDocumentedRate,
  env: {},
  parts: null,
};

/** Those that need Redis are left out where there is none. */
export function scenarioSteps(allParts: readonly Parts[]): readonly ScenarioStep[] {
  const core = allParts.flatMap((parts) => Object.keys(coreSet).flatMap((name) => stepsOf(name, parts)));
  return [snapshot, ...core];
}

function stepsOf(name: string, parts: Parts): readonly ScenarioStep[] {
  const needsRedis = findScenario(name, { seed: 1, durationS: null, isFull: false }).redis !== null;
  if (needsRedis && parts.redis === null) return [];
  const onRedis = needsRedis && parts.redis !== null ? ['--redis', parts.redis] : [];
  const args = [name, '--s3', parts.s3, ...onRedis, ...(coreSet[name] ?? [])];
  return [{ name: `${name} ${parts.name}`, script: 'scenario', args, env: parts.env, parts }];
}
