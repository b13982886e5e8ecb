/**
 * Turns measurements into a result: checks, verdict with its reasons, and the comparison with the documented figures.
 * A run that exercised nothing, or that nothing judged, is invalid, never a pass.
 */
import { evaluateChecks } from './checks.ts';
import type { CheckSpec } from './checks.ts';
import { compareWithDocumented, DOCUMENTED_CONTRADICTIONS } from './documented.ts';
import { describeCheck } from './format.ts';
import { ResultSchema } from './model.ts';
import type { Check, Measurements, Result, Verdict } from './model.ts';

/** In every run, whatever its scenario asks for. */
const EXERCISED: readonly CheckSpec[] = [
  { name: 'files uploaded', kind: 'validity', path: 'load.files', op: '>', limit: 0, unit: 'files' },
  { name: 'lines expected', kind: 'validity', path: 'delivery.expectedLines', op: '>', limit: 0, unit: 'lines' },
];

/** Throws when the measurements do not follow the model: that is a fault of the harness. */
export function judge(measurements: Measurements, specs: readonly CheckSpec[]): Result {
  const checks = evaluateChecks([...specs, ...EXERCISED], measurements);
  return ResultSchema.parse({
    ...measurements,
    ...reachVerdict(checks, specs.length),
    checks,
    documented: compareWithDocumented(measurements),
    documentedNotes: DOCUMENTED_CONTRADICTIONS,
  });
}

/** `askedFor`: how many of the checks somebody asked for. */
export function reachVerdict(
  checks: readonly Check[],
  askedFor: number,
): { verdict: Verdict; verdictReasons: string[] } {
  const failed = checks.filter((check) => !check.ok);
  const broken = failed.filter((check) => check.kind === 'integrity' && isMeasured(check));
  const proofless = failed.filter((check) => check.kind === 'validity' || !isMeasured(check));
  if (broken.length > 0) return { verdict: 'fail', verdictReasons: failed.map(describeCheck) };
  if (askedFor === 0) return { verdict: 'invalid', verdictReasons: ['Nothing was checked.'] };
  if (proofless.length > 0) return { verdict: 'invalid', verdictReasons: proofless.map(describeCheck) };
  if (failed.length > 0) return { verdict: 'fail', verdictReasons: failed.map(describeCheck) };
  return { verdict: 'pass', verdictReasons: [] };
}

function isMeasured(check: Check): boolean {
  return check.actual !== null && check.limit !== null;
}
