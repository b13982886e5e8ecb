import { describe, expect, it } from 'vitest';
import { allScenarios } from '../catalog.ts';
import { parseDurationS } from '../command-line.ts';
import { refuseIgnored } from '../refuse-ignored.ts';
import { scenarioSteps } from './core-set.ts';
import { asFound, asProcesses, inContainers } from './parts.ts';
import { commandOf } from './step.ts';

const withoutRedis = ['throughput', 'lag-slo', 'backlog-replay', 'endpoint-outage', 'ack-ambiguity', 'dirty-data'];
const all = [...withoutRedis, 'redis-failover', 'instance-crash'];

describe('scenarioSteps', () => {
  it('gives every core scenario on both kinds of parts', () => {
    const names = scenarioSteps([asProcesses({ minioBinary: '/opt/minio', hasRedis: true }), inContainers]).map(
      ({ name }) => name,
    );
    const expected = ['as processes', 'in containers'].flatMap((parts) => all.map((name) => `${name} ${parts}`));
    expect(names).toEqual(['snapshot 1x on embedded', ...expected]);
  });

  it('names the parts to the command, the shared state only where a scenario needs it', () => {
    const commands = scenarioSteps([asProcesses({ minioBinary: '/opt/minio', hasRedis: true }), inContainers]).map(
      commandOf,
    );
    expect(commands).toContain('MINIO_BINARY=/opt/minio npm run scenario -- dirty-data --s3 minio');
    expect(commands).toContain('MINIO_BINARY= npm run scenario -- dirty-data --s3 minio');
    expect(commands).toContainEqual(
      expect.stringMatching(/^MINIO_BINARY= .* redis-failover --s3 minio --redis container/),
    );
    expect(commands).toContainEqual(expect.stringMatching(/instance-crash --s3 minio --redis local/));
  });

  it('leaves out what needs Redis where there is none', () => {
    const steps = scenarioSteps([asFound({ hasMinio: false, hasRedis: false })]);
    expect(steps.slice(1).map(({ name }) => name)).toEqual(withoutRedis.map((name) => `${name} on embedded`));
  });

  it('asks of each scenario only what it can choose', () => {
    for (const { script, args } of scenarioSteps([inContainers])) {
      const [name] = args;
      const duration = args[args.indexOf('--duration') + 1];
      if (script !== 'scenario' || name === undefined || !args.includes('--duration')) continue;
      const request = { seed: 1, durationS: parseDurationS(duration ?? ''), isFull: false };
      const given = { duration: request.durationS, full: false, row: [], placebo: false };
      expect(() => refuseIgnored([name], given, request)).not.toThrow();
    }
  });

  it('prepares one load for the snapshot and for lag-slo', () => {
    const [snapshot, ...core] = scenarioSteps([inContainers]);
    const lagSlo = core.find(({ args }) => args[0] === 'lag-slo');
    const durationOf = (args: readonly string[] = []): number =>
      parseDurationS(args[args.indexOf('--duration') + 1] ?? '');
    const request = { seed: 1, durationS: durationOf(snapshot?.args), isFull: false };
    const loads = allScenarios(request)
      .filter(({ name }) => name === 'snapshot-1x' || name === 'lag-slo')
      .map(({ load: { shape, warmupObjects, parts } }) => ({ shape, warmupObjects, objects: parts[0]?.objects }));
    expect(durationOf(lagSlo?.args)).toBe(request.durationS);
    expect(loads[0]).toEqual(loads[1]);
  });
});
