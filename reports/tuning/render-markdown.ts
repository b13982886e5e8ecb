/** The tuning report as Markdown: one line of the table for each claim. */
import { code, escapeText, table } from '../markdown-text.ts';
import type { TuningResult, TuningRow } from './model.ts';
import { afterText, alarmOf, answerOf, beforeText, factsOf, judgementWords, priceText, title } from './words.ts';

export function renderTuningMarkdown(result: TuningResult): string {
  const { rows, arms, untested, replay } = result;
  const alarm = alarmOf(result);
  return [
    `# ${title}`,
    escapeText(answerOf(result)),
    ...(alarm === null ? [] : [`**${escapeText(alarm)}**`]),
    escapeText(factsOf(result).join(' · ')),
    table(['row', 'documented', 'judgement', 'why'], rows.map(rowCells)),
    ...rows.flatMap((row) => [`## ${row.name}`, claimTable(row)]),
    '## Not tested here',
    ...untested.map(({ text, why }) => `- ${escapeText(`${text} ${why}`)}`),
    '## Arms',
    table(
      ['arm', 'round', 'what it is', 'took', 'problems'],
      arms.map(({ name, round, purpose, durationS, problems }) => [
        name,
        String(round),
        purpose,
        `${durationS.toFixed(0)} s`,
        problems.join('; '),
      ]),
    ),
    `Replay: ${code(replay)}`,
    '',
  ].join('\n\n');
}

function rowCells({ name, documented, judgement, why }: TuningRow): string[] {
  return [name, documented.map(({ text }) => text).join(' / '), judgementWords[judgement], why];
}

function claimTable({ claims }: TuningRow): string {
  return table(
    ['when', 'lever', 'expected', 'symptom measured', 'after the lever', 'price', 'judgement', 'why'],
    claims.map((claim) => [
      claim.when,
      claim.lever,
      claim.expected,
      beforeText(claim),
      afterText(claim),
      priceText(claim) ?? '',
      judgementWords[claim.judgement],
      claim.why,
    ]),
  );
}
