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
export { renderHtml } from './html/page.ts';
export { renderJUnit } from './junit.ts';
export { renderMarkdown } from './markdown.ts';
export { escapeMarkup } from './xml.ts';
