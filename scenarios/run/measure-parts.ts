/** What the parts of the run used, and what each agent took. */
import { type Agent, type Measurements, type ProcessUsage, recentWindowS } from '#reports';
import type { SinkStats, TimelineSecond } from '#simulator';
import type { Evidence } from './evidence.ts';
import { processesOf, type Role } from './execute.ts';
import { sumOf } from './sum.ts';

/** CPU time is that of the measured part; the peak of memory that of the whole life. */
export function measureResources(evidence: Evidence): Measurements['resources'] {
  const { execution } = evidence;
  const { utilization } = execution;
  return {
    streamer: {
      ...usageOf(evidence, 'streamer'),
      eventLoopDelayP99Ms: evidence.totals?.eventLoopDelayP99Ms ?? null,
    },
    sink: {
      ...usageOf(evidence, 'sink'),
      eventLoopUtilization:
        utilization.length === 0 ? null : Math.max(...utilization.map((sample) => sample.utilization)),
    },
    s3: usageOf(evidence, 's3'),
    generator: usageOf(evidence, 'generator'),
  };
}

function usageOf({ stage, execution, elapsedS }: Evidence, name: Role): ProcessUsage {
  const usages = processesOf(stage, name)
    .map((role) => stage.sampler.usage(role))
    .filter((usage) => usage !== null);
  const isKnown = usages.length > 0;
  const before = execution.cpuBefore[name];
  const after = execution.cpuAfter[name];
  const cpuS = !isKnown ? null : Math.max(0, after.allS - before.allS);
  const mainThreadS =
    !isKnown || after.mainThreadS === null ? null : Math.max(0, after.mainThreadS - (before.mainThreadS ?? 0));
  return {
    cpuS,
    cpuCores: cpuS === null ? null : cpuS / elapsedS,
    mainThreadCores: mainThreadS === null ? null : mainThreadS / elapsedS,
    rssMaxMB: isKnown ? sumOf(usages, (usage) => usage.rssMaxMB) : null,
    rssEndMB: isKnown ? sumOf(usages, (usage) => usage.rssLastMB) : null,
    eventLoopDelayP99Ms: null,
    eventLoopUtilization: null,
  };
}

/** Who did what, where several share the work; of one alone, the figures of the run say it. */
export function measureInstances({ stage, execution: { streamers } }: Evidence): Measurements['instances'] {
  if (streamers.length < 2) return [];
  return streamers.map(({ name, log }) => {
    log.update();
    const usage = stage.sampler.usage(name);
    return {
      name,
      files: log.completed.size,
      cpuS: usage?.cpuS ?? null,
      rssMaxMB: usage?.rssMaxMB ?? null,
      rssEndMB: usage?.rssLastMB ?? null,
    };
  });
}

/** What each agent took in the measured part: its counters after it, less those before it. */
export function measureAgents(evidence: Evidence): readonly Agent[] {
  const { execution, agentsAfter, sinkTimeline, settledEndMs, windowS } = evidence;
  return agentsWithin({
    before: execution.agentsBefore,
    after: agentsAfter,
    seconds: sinkTimeline,
    recentFromMs: settledEndMs - recentWindowS(windowS) * 1000,
  });
}

type AgentCounts = Pick<SinkStats['agents'][number], 'url' | 'storedPosts' | 'bytes' | 'lines'>;

/** By what an agent stored: a POST that it refused is no batch, and no sign of activity. */
export function agentsWithin({
  before,
  after,
  seconds,
  recentFromMs,
}: {
  readonly before: readonly AgentCounts[];
  readonly after: readonly AgentCounts[];
  readonly seconds: readonly TimelineSecond[];
  readonly recentFromMs: number;
}): readonly Agent[] {
  const recent = seconds.filter(({ tMs }) => tMs + 1000 > recentFromMs);
  const agents = after.map((agent, index) => {
    const earlier = before[index];
    return {
      endpoint: agent.url,
      posts: agent.storedPosts - (earlier?.storedPosts ?? 0),
      rawBytes: agent.bytes - (earlier?.bytes ?? 0),
      lines: agent.lines - (earlier?.lines ?? 0),
      active: recent.some(({ agentBytes }) => (agentBytes[index] ?? 0) > 0),
    };
  });
  const rawBytes = sumOf(agents, (agent) => agent.rawBytes);
  return agents.map((agent) =>
    Object.assign(agent, { shareOfBytes: rawBytes === 0 ? null : agent.rawBytes / rawBytes }),
  );
}
