/** The tuning report for the terminal: a row, its sentence, what was measured, and the judgement. */
import { layoutColumns, wrapText } from '../text.ts';
import { TABLE_WIDTH } from '../table.ts';
import type { TuningClaim, TuningResult, TuningRow } from './model.ts';
import { afterText, alarmOf, answerOf, beforeText, judgementWords, priceText } from './words.ts';

export function renderTuningText(result: TuningResult): string {
  const { rows, replay } = result;
  const alarm = alarmOf(result);
  return [
    ...rows.flatMap(rowLines),
    ...wrapText(answerOf(result), TABLE_WIDTH),
    ...(alarm === null ? [] : wrapText(alarm, TABLE_WIDTH)),
    `Replay: ${replay}`,
    '',
  ].join('\n');
}

function rowLines({ name, documented, judgement, claims }: TuningRow): readonly string[] {
  return [
    `${name}: ${judgementWords[judgement]}`,
    ...documented.flatMap(({ text }) => wrapText(`“${text}”`, TABLE_WIDTH - 2).map((line) => `  ${line}`)),
    ...claims.flatMap(claimLines),
    '',
  ];
}

function claimLines(claim: TuningClaim): readonly string[] {
  const { when, lever, measure, judgement, why, expected } = claim;
  const price = priceText(claim);
  const cells = [
    ['when', when],
    ['lever', lever],
    ['expected', expected],
    ['measured', `${measure.name}: ${beforeText(claim)}, after the lever ${afterText(claim)}`],
    ...(price === null ? [] : [['at the price of', price]]),
    [judgementWords[judgement], why],
  ];
  return layoutColumns(cells, TABLE_WIDTH - 4).flatMap((lines, index) =>
    lines.map((line, part) => `  ${index === 0 && part === 0 ? '·' : ' '} ${line}`),
  );
}
