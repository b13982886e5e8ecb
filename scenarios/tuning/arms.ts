/** What the arms of the tuning rows have in common: short runs of the ordinary harness, on objects that are smaller than the documented ones and so more of them. */
import type { CheckSpec } from '#reports';
import { sharedShape } from '../catalogue/sharing.ts';
import { duplicatesWithinBound, nothingLost, slipUnder } from '../checks.ts';
import { defineScenario, loadOf, promptSettings } from '../define-scenario.ts';
import { rssOverIdle } from '../observe/memory.ts';
import { redisWritePeak, redisWriteRate } from '../observe/redis-load.ts';
import { s3Lists, s3Refused, s3RefusedTold, s3Throttled } from '../observe/requests.ts';
import { busiestSecond } from '../observe/sink-rate.ts';
import type { LoadPart, LoadPlan, Scenario, Setting, TimedFault } from '../scenario.ts';
import type { Arm } from './row.ts';

type ArmData = Pick<Scenario, 'name' | 'why' | 'takesS' | 'load'> &
  Partial<
    Pick<
      Scenario,
      'agents' | 'streamers' | 'redis' | 'countsS3Requests' | 'faults' | 'observe' | 'expect' | 'settleDeadlineS'
    >
  > & {
    readonly settings?: readonly Setting[];
  };

/** About 2 MB raw. */
const rawMBPerSmallObject = 2;
/** A fault that lasts as long as the run. */
export const wholeRunS = 3600;

const keepsEveryLine = [...nothingLost, duplicatesWithinBound];

/** Every arm measures everything that any claim asks for. */
export function arm({ settings = [], observe = [], expect = keepsEveryLine, ...data }: ArmData): Arm {
  const own = new Set(settings.map(({ key }) => key));
  return defineScenario({
    proves: 'A row of the documented tuning advice.',
    settings: [...promptSettings.filter(({ key }) => !own.has(key)), ...settings],
    observe: [
      rssOverIdle,
      redisWriteRate,
      redisWritePeak,
      s3Lists,
      s3Refused,
      s3RefusedTold,
      s3Throttled,
      busiestSecond,
      ...observe,
    ],
    expect: [...expect, ...slipChecks(data.load)],
    settleDeadlineS: 90,
    ...data,
  });
}

const slipSMaxAtOnce = 3;

function slipChecks({ parts }: LoadPlan): readonly CheckSpec[] {
  const arrivals = new Set(parts.map(({ arrival }) => arrival.kind));
  if (arrivals.has('constant') || !arrivals.has('bursts')) return [];
  return [slipUnder(slipSMaxAtOnce, 'nothing hangs on when exactly the last of a heap of objects is there')];
}

/** Objects of 2 MB at a constant rate. */
export function smallObjects(rawMBps: number, durationS: number): LoadPlan {
  const objects = Math.round((rawMBps * durationS) / rawMBPerSmallObject);
  return loadOf(
    `${rawMBps} MB/s`,
    [{ name: 'live', objects, arrival: { kind: 'constant', rawMBPerMin: rawMBps * 60 } }],
    { shape: sharedShape, warmupObjects: 2 },
  );
}

/** So many objects of 2 MB at once, a second after the start. */
export function smallObjectsAtOnce(objects: number, part: Partial<LoadPart> = {}): LoadPlan {
  const everyS = 10;
  const rawMBPerMin = (objects * rawMBPerSmallObject * 60) / everyS;
  return loadOf(
    `${objects} at once`,
    [{ name: 'burst', objects, startS: 1, arrival: { kind: 'bursts', rawMBPerMin, everyS }, ...part }],
    { shape: sharedShape, warmupObjects: 2 },
  );
}

export function smallBacklog(objects: number): LoadPlan {
  return loadOf('max', [{ name: 'backlog', objects, arrival: { kind: 'backlog' } }], { shape: sharedShape });
}

/** Each agent works off so much, one batch after the other, and answers when it is done. */
export function agentsOfCapacity(rawMBps: number): TimedFault {
  const queueBytes = 1_000_000_000;
  const faults = [
    { kind: 'capacity', agent: 'all', bytesPerS: rawMBps * 1e6, queueBytes, status: 429, answers: 'when-processed' },
  ] as const;
  return {
    at: { afterS: 0 },
    action: { kind: 'sink', label: `agents that take ${rawMBps} MB/s each`, faults, forS: wholeRunS },
    mayStrikeNothing: true,
  };
}

export function setting(key: string, value: Setting['value'], shipped: Setting['shipped'], why: string): Setting {
  return { key, value, shipped, why };
}
