/** The only door to the reports: the result model, its summaries and checks, the documented comparison, and the renderers. */
export type { CheckSpec, MeasuredPath } from './checks.ts';
export { countDocumentedKeys } from './documented.ts';
export { judge } from './judge.ts';
export { ResultSchema, SCHEMA_VERSION } from './model.ts';
export type {
  Agent,
  Check,
  Measurements,
  Problem,
  ProcessUsage,
  Result,
  RunEvent,
  TimelinePoint,
  Verdict,
} from './model.ts';
export { summarizeLatency } from './percentiles.ts';
export { lagSlopeSPerS, recentWindowS, summarizeAgentBalance, summarizePipelineStatus } from './pipeline-status.ts';
export { renderTable } from './table.ts';
export { summarizeWaterfall } from './waterfall.ts';
export type { WaterfallBoundaries, WaterfallObject } from './waterfall.ts';
export { escapeMarkup } from './xml.ts';
export { compareRuns } from './comparison.ts';
export type { Comparison, NamedResult } from './comparison.ts';
export { renderComparison, renderComparisonMarkdown } from './comparison-table.ts';
export { reportFiles } from './files.ts';
/** Invented, for tests. */
export { sampleResult } from './sample-result.ts';
