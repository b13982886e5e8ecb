/**
 * The documented pipeline strip (processed and growth, recent activity, active agents), defined exactly, and the two trends beside it.
 * The documentation does not say which periods it compares; these are ours, and every report states them.
 */
import type { Agent, PipelineStatus, Result, TimelinePoint } from './model.ts';

const RECENT_WINDOW_MAX_S = 60;

/** The recent window: the last minute, or the last quarter of a run shorter than four minutes. */
export function recentWindowS(durationS: number): number {
  return Math.max(1, Math.min(RECENT_WINDOW_MAX_S, Math.floor(durationS / 4)));
}

/** `timeline` has one point a second, without gaps. */
export function summarizePipelineStatus(timeline: readonly TimelinePoint[], agents: readonly Agent[]): PipelineStatus {
  const halfS = Math.floor(timeline.length / 2);
  const windowS = recentWindowS(timeline.length);
  const comparable = timeline.length >= 2 * windowS;
  const recentRawBytes = sumRawBytes(timeline.slice(-windowS));
  return {
    processedRawBytes: timeline.length === 0 ? null : sumRawBytes(timeline),
    growthPercent:
      halfS === 0 ? null : changePercent(sumRawBytes(timeline.slice(0, halfS)), sumRawBytes(timeline.slice(-halfS))),
    growthHalfS: halfS === 0 ? null : halfS,
    recentRawBytes: timeline.length === 0 ? null : recentRawBytes,
    recentPercent: comparable
      ? changePercent(sumRawBytes(timeline.slice(-2 * windowS, -windowS)), recentRawBytes)
      : null,
    recentWindowS: timeline.length === 0 ? null : windowS,
    activeAgents: agents.filter((agent) => agent.active).length,
    configuredAgents: agents.length,
  };
}

/** How far the busiest or idlest endpoint is from an even share of the bytes; null when nothing was sent. */
export function summarizeAgentBalance(agents: readonly { readonly rawBytes: number }[]): Result['agentBalance'] {
  const totalRawBytes = agents.reduce((sum, agent) => sum + agent.rawBytes, 0);
  if (agents.length === 0) return { evenShare: null, worstDeviation: null };
  const evenShare = 1 / agents.length;
  if (totalRawBytes === 0) return { evenShare, worstDeviation: null };
  const deviations = agents.map((agent) => Math.abs(agent.rawBytes / totalRawBytes - evenShare) / evenShare);
  return { evenShare, worstDeviation: Math.max(...deviations) };
}

/** Least-squares slope of lag over time in seconds per second; null from fewer than three objects. */
export function lagSlopeSPerS(objects: readonly { readonly atS: number; readonly lagMs: number }[]): number | null {
  if (objects.length < 3) return null;
  const meanAtS = objects.reduce((sum, object) => sum + object.atS, 0) / objects.length;
  const meanLagMs = objects.reduce((sum, object) => sum + object.lagMs, 0) / objects.length;
  let covariance = 0;
  let variance = 0;
  for (const { atS, lagMs } of objects) {
    covariance += (atS - meanAtS) * (lagMs - meanLagMs);
    variance += (atS - meanAtS) ** 2;
  }
  return variance === 0 ? null : covariance / variance / 1000;
}

function sumRawBytes(points: readonly TimelinePoint[]): number {
  return points.reduce((sum, point) => sum + point.rawBytes, 0);
}

/** Null from nothing: growth from 0 has no percentage. */
function changePercent(before: number, after: number): number | null {
  return before === 0 ? null : (after / before - 1) * 100;
}
