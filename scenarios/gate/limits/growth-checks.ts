/** What must not grow with the number of objects, as checks of the absolute gate: `npm run bench -- growth`, up to a hundred thousand. */
import type { Check } from '#reports';
import { isMet, type JudgedFigure } from '../../bench/judged-figures.ts';

/** A million take minutes; what grows with the number shows here, too. */
export const growthObjectsMax = 100_000;
/** A busy moment spoils a ratio now and then; what really grows does so each time. */
const attemptsMax = 3;

/** `measure`: figures with a ratio of large to small; others are left out. */
export async function growthChecks(measure: () => Promise<readonly JudgedFigure[]>): Promise<readonly Check[]> {
  const lowest = new Map<string, JudgedFigure>();
  for (let attempt = 1; attempt <= attemptsMax; attempt++) {
    for (const figure of await measure()) {
      const known = lowest.get(figure.name);
      if (figure.op === '<=' && (known === undefined || figure.actual < known.actual)) lowest.set(figure.name, figure);
    }
    if ([...lowest.values()].every(isMet)) break;
  }
  return [...lowest.values()].map((figure) => ({
    // Short, because a table has it beside its note.
    name: figure.name.replace(/, \d+ over \d+$/, ', growth'),
    kind: 'performance',
    path: 'bench -- growth',
    op: figure.op,
    limit: figure.limit,
    actual: figure.actual,
    unit: figure.unit,
    ok: isMet(figure),
    note: null,
  }));
}
