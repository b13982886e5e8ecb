/** The only door to the reports: the result model, its summaries and checks, the documented comparison, and the renderers. */
export { holds } from './checks.ts';
export type { CheckSpec, MeasuredPath } from './checks.ts';
export { countDocumentedKeys } from './documented.ts';
export { readNumber } from './field.ts';
export { HistoryEntrySchema } from './history.ts';
export type { HistoryEntry } from './history.ts';
export { renderTrend } from './html/trend.ts';
export { numericFields } from './json-schema.ts';
export { judge, reachVerdict } from './judge.ts';
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
export type { LatencySummary, WaterfallPartsMs } from './model-latency.ts';
export { SAMPLES_NEEDED, summarizeLatency } from './percentiles.ts';
export { lagSlopeSPerS, recentWindowS, summarizeAgentBalance, summarizePipelineStatus } from './pipeline-status.ts';
export { requestCostPerTB } from './request-cost.ts';
export { describeGround } from './story.ts';
export { renderTable } from './table.ts';
export { summarizeWaterfall } from './waterfall.ts';
export type { WaterfallBoundaries, WaterfallObject } from './waterfall.ts';
export { escapeMarkup } from './xml.ts';
export { compareRuns } from './comparison.ts';
export type { Comparison, NamedResult } from './comparison.ts';
export { renderComparison, renderComparisonMarkdown } from './comparison-table.ts';
export { reportFiles } from './files.ts';
export {
  checkState,
  formatActual,
  formatAmount,
  formatChange,
  formatLimit,
  formatNumber,
  formatSeconds,
  formatShare,
  formatTime,
  opSign,
} from './format.ts';
export { code, escapeText, folded, table } from './markdown-text.ts';
export { layoutColumns, wrapText } from './text.ts';
/** Invented, for tests. */
export { sampleResult } from './sample-result.ts';
export { renderHtml } from './html/page.ts';
export { renderJUnit } from './junit.ts';
export { renderMarkdown } from './markdown.ts';
export { pointSchema } from './capacity/model.ts';
export type {
  CapacityPoint,
  CheckedPrediction,
  LeverEffect,
  MaxResult,
  PlanFigure,
  PlanResult,
  ScaleResult,
  StageUse,
  SweepResult,
} from './capacity/model.ts';
export type { FleetCheck, FleetFaultResult, FleetInput, FleetResult, FleetStage } from './capacity/fleet-model.ts';
export { describeFleet } from './capacity/fleet-report.ts';
export { describeMax } from './capacity/max-report.ts';
export { describeScale } from './capacity/scale-report.ts';
export { describePlan } from './capacity/plan-report.ts';
export { describeSweep } from './capacity/sweep-report.ts';
export type { ReportDocument } from './capacity/document.ts';
export { renderDocumentHtml } from './capacity/render-html.ts';
export { renderDocumentMarkdown, renderDocumentText } from './capacity/render-text.ts';
export type {
  TuningArm,
  TuningClaim,
  TuningEnvironment,
  TuningJudgement,
  TuningResult,
  TuningRow,
} from './tuning/model.ts';
export { tuningFiles } from './tuning/files.ts';
export { renderTuningText } from './tuning/render-text.ts';
/** Invented, for tests. */
export { sampleTuning } from './tuning/sample-tuning.ts';
