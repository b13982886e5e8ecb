import { describe, expect, it } from 'vitest';
import { type Result, sampleResult } from '#reports';
import { limitingStage, stagesOf } from './limiting-stage.ts';

/** One instance on four cores, whose thread pool inflates on two of them, and whose POSTs are all under way. */
function result(): Result {
  const sample = sampleResult();
  const { streamer, sink, s3, generator } = sample.resources;
  const parts = { schedule: 0, upload: 0, delayWindow: 0, discovery: 0, queue: 0, batching: 0, sendQueue: 0 };
  return {
    ...sample,
    environment: { ...sample.environment, cores: 4 },
    streamer: { ...sample.streamer, instances: 1, httpWorkers: 10, s3Workers: 15 },
    resources: {
      streamer: { ...streamer, cpuCores: 1.8, mainThreadCores: 0.6 },
      sink: { ...sink, cpuCores: 0.3, eventLoopUtilization: 0.3 },
      s3: { ...s3, cpuCores: 0.3 },
      generator: { ...generator, cpuCores: 0.1 },
    },
    throughput: { ...sample.throughput, windowS: 10, filesPerMin: 60 },
    requests: { ...sample.requests, post: 950 },
    waterfallMs: { n: 10, avg: { ...parts, readAndInflate: 100, acknowledgement: 100 }, slowest: [] },
  };
}

describe('what limits a run', () => {
  it('is the stage that is full, not CPU time that the thread pool used beside the event loop', () => {
    const stages = stagesOf(result());
    expect(Math.max(...stages.map(({ share }) => share))).toBeLessThanOrEqual(1);
    expect(limitingStage(stages)).toMatchObject({ stage: 'POST concurrency', share: 0.95 });
  });

  it('is the event loop where that is full, whatever cores are left', () => {
    const { resources, requests, ...rest } = result();
    const streamer = { ...resources.streamer, cpuCores: 1.7, mainThreadCores: 0.97 };
    const stages = stagesOf({ ...rest, resources: { ...resources, streamer }, requests: { ...requests, post: 500 } });
    expect(limitingStage(stages)).toMatchObject({ stage: 'event loop', share: 0.97 });
  });

  it('counts an event loop for each instance', () => {
    const { resources, streamer, ...rest } = result();
    const two = { ...resources, streamer: { ...resources.streamer, mainThreadCores: 1.2 } };
    const stages = stagesOf({ ...rest, streamer: { ...streamer, instances: 2 }, resources: two });
    expect(stages.find(({ stage }) => stage === 'event loop')?.share).toBe(0.6);
  });

  it('is nothing where no stage was busy', () => {
    const idle = result();
    expect(limitingStage(stagesOf({ ...idle, requests: { ...idle.requests, post: 100 } }))).toBeNull();
  });
});
