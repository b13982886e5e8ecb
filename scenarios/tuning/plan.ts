/** Which arms are run, in which order: each once a round for all claims that need it, and every second round backwards, so that a drift of the machine hits both arms of a claim. */
import type { Arm, Claim, Row } from './row.ts';

export interface PlannedRun {
  readonly arm: Arm;
  /** From 1. */
  readonly round: number;
}

export function planRuns(rows: readonly Row[]): readonly PlannedRun[] {
  const roundsMax = Math.max(0, ...rows.map(({ rounds }) => rounds));
  return Array.from({ length: roundsMax }, (_, before) => before + 1).flatMap((round) => {
    const arms = armsOf(rows.filter(({ rounds }) => rounds >= round));
    return (round % 2 === 1 ? arms : arms.toReversed()).map((arm) => ({ arm, round }));
  });
}

function armsOf(rows: readonly Row[]): readonly Arm[] {
  const byName = new Map<string, Arm>();
  for (const { claims } of rows) {
    for (const { before, after } of claims) {
      if (!byName.has(before.name)) byName.set(before.name, before);
      if (!byName.has(after.name)) byName.set(after.name, after);
    }
  }
  return [...byName.values()];
}

/** The same row with no lever pulled: the second arm is the first once more. Nothing may be confirmed then. */
export function withoutLever(row: Row): Row {
  return { ...row, claims: row.claims.map(placebo) };
}

function placebo(claim: Claim): Claim {
  const after = { ...claim.before, name: `${claim.before.name}-again` };
  return { ...claim, lever: `nothing (in place of ${claim.lever})`, after };
}
