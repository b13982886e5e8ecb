/** What the renderers of the tuning report call things. */
import { formatAmount, formatNumber, formatSeconds, formatTime } from '../format.ts';
import type { TuningClaim, TuningJudgement, TuningResult } from './model.ts';

/** Louder where the advice does not hold. */
export const judgementWords: Readonly<Record<TuningJudgement, string>> = {
  confirmed: 'confirmed',
  'not confirmed': 'NOT CONFIRMED',
  depends: 'depends',
  'could not tell': 'could not tell',
};

export const judgementOrder: readonly TuningJudgement[] = ['confirmed', 'depends', 'not confirmed', 'could not tell'];

export const title = 'The documented tuning advice, put to the test';

export function answerOf({ rows, counts, isPlacebo }: TuningResult): string {
  const parts = judgementOrder
    .filter((judgement) => counts[judgement] > 0)
    .map((judgement) => `${counts[judgement]} ${judgementWords[judgement]}`);
  const sum = `${rows.length} row${rows.length === 1 ? '' : 's'}: ${parts.join(', ')}.`;
  return isPlacebo ? `No lever was pulled, so nothing may be confirmed. ${sum}` : sum;
}

/** Lines that are lost are worse than any advice, and the rows only say that such an arm tells nothing. Null where none are. */
export function alarmOf({ arms }: TuningResult): string | null {
  const broken = arms.filter(({ isBroken }) => isBroken);
  if (broken.length === 0) return null;
  const each = broken.map(({ name, problems }) => `${name} (${problems.join('; ')})`);
  return `The streamer failed in ${broken.length} arm${broken.length === 1 ? '' : 's'}, whatever becomes of the advice: ${each.join(', ')}.`;
}

export function factsOf({ startedAt, durationS, seed, environment }: TuningResult): readonly string[] {
  const { cores, cpu, node, git, s3, redis, loadAverage } = environment;
  return [
    formatTime(startedAt),
    `took ${formatSeconds(durationS)}`,
    `${cores} cores, ${cpu}`,
    `load average ${loadAverage.map(formatNumber).join(' to ')}`,
    `Node ${node}`,
    `S3 ${s3 ?? 'none'}`,
    `Redis ${redis ?? 'none'}`,
    ...(git === null ? [] : [`commit ${git}`]),
    `seed ${seed}`,
  ];
}

export function beforeText({ measure, before }: TuningClaim): string {
  return formatAmount(before, measure.unit);
}

export function afterText({ measure, after }: TuningClaim): string {
  return formatAmount(after, measure.unit);
}

/** Null where the lever has no known cost. */
export function priceText({ price }: TuningClaim): string | null {
  if (price === null) return null;
  const { name, unit, before, after } = price;
  return `${name} ${formatAmount(before, unit)} to ${formatAmount(after, unit)}`;
}
