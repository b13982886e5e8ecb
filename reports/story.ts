/** What was done in a run and what came of it, in words that need no knowledge of the harness: the same in every renderer. */
import { formatAmount, formatNumber, formatSeconds, formatTime } from './format.ts';
import type { Result, RunEvent } from './model.ts';

/** What was done to the run on purpose: its warm-up stands beside that in the charts only. */
export function faultsOf({ events }: Pick<Result, 'events'>): RunEvent[] {
  return events.filter((event) => eventTone(event) === 'fault');
}

export function eventTone({ kind = 'fault', fromS, toS }: RunEvent): 'fault' | 'phase' {
  return (toS ?? fromS) < 0 ? 'phase' : kind;
}

/** Seconds count from the start of the schedule, as the charts do. */
export function eventTime({ fromS, toS }: RunEvent): string {
  if ((toS ?? fromS) < 0) return 'before the start';
  if (toS === null) return `at ${formatSeconds(tenths(fromS))}`;
  return fromS <= 0
    ? `until ${formatSeconds(tenths(toS))}`
    : `${formatSeconds(tenths(fromS))} to ${formatSeconds(tenths(toS))}`;
}

function tenths(seconds: number): number {
  return Math.round(seconds * 10) / 10;
}

export function describeLoad({ rate, schedule }: Pick<Result['load'], 'rate' | 'schedule'>): string {
  return schedule === 'max' ? 'all files there at the start' : `load ${rate}, ${schedule}`;
}

/** The measured files, and those before them that are in no figure of time. */
export function describeUploads({ files, warmupFiles }: Pick<Result['load'], 'files' | 'warmupFiles'>): string {
  const warmup = warmupFiles === null || warmupFiles === 0 ? '' : `, ${formatNumber(warmupFiles)} as warm-up`;
  return `of ${formatNumber(files)} uploaded${warmup}`;
}

/** What the documented table is worth in this run. */
export function describeComparability(result: Result): string {
  const faults = faultsOf(result).length;
  const causes = [
    ...(faults === 0 ? [] : [`${formatNumber(faults)} ${faults === 1 ? 'fault' : 'faults'}`]),
    ...(result.load.rate === '1x' ? [] : [`another load (${result.load.rate})`]),
  ];
  const excuse =
    causes.length === 0
      ? ''
      : ` This run was given ${causes.join(' and ')}: what is “not met” because of that is no failure.`;
  return `The documented figures are those of production at 1x on a calm day. The verdict does not follow from this table but from the checks.${excuse}`;
}

/** Copies within the bound, and what belongs in quarantine in a run that passed, are no fault: they must not stand before all else. */
export function isLedgerCalm({ delivery, verdict }: Result): boolean {
  return verdict === 'pass' || isExplained(delivery);
}

export function ledgerTitle({ delivery }: Result): string {
  if (!isExplained(delivery)) return 'What the ledger found';
  return `Sent more than once: ${formatNumber(delivery.duplicateLines)} lines, of at most ${formatNumber(delivery.duplicateBound)} that the faults explain`;
}

/** The list is cut off at its end, so that what is not copies can be told by the counts alone. */
function isExplained({ duplicateLines, duplicateBound, problems, ...delivery }: Result['delivery']): boolean {
  const { lostLines, corruptLines, unexpectedLines, outsideLines } = delivery;
  const isDuplicatesOnly =
    problems.every(({ kind }) => kind === 'duplicate') &&
    (delivery.problemsOmitted === 0 || [lostLines, corruptLines, unexpectedLines].every((lines) => lines === 0)) &&
    (outsideLines ?? 0) === 0;
  return isDuplicatesOnly && duplicateLines !== null && duplicateBound !== null && duplicateLines <= duplicateBound;
}

export const LEDGER_NOTE = 'Lines are numbered from 0. A range that stands here twice was sent three times.';

/** What to do about a verdict that is not a pass. */
export function nextStep({ verdict }: Pick<Result, 'verdict'>): string | null {
  switch (verdict) {
    case 'pass':
      return null;
    case 'fail':
      return 'The logs of the streamer and of all other processes are in logs/ beside this report.';
    case 'invalid':
      return 'Run it again, on a machine that does nothing else. If it stays so, see the logs of its processes in logs/ beside this report.';
  }
}

/** Where and when, for one line. */
export function describeRun(result: Result): string[] {
  const { environment, startedAt, streamer } = result;
  return [
    formatTime(startedAt),
    ...(streamer.instances === 1 ? [] : [formatAmount(streamer.instances, 'instances')]),
    `Redis ${named(environment.redis)}`,
    ...describeGround(result),
  ];
}

/** What the runs of one command have in common. */
export function describeGround({
  environment,
  seed,
  streamer,
}: Pick<Result, 'environment' | 'seed' | 'streamer'>): string[] {
  return [
    `streamer ${streamer.version}${environment.git === null ? '' : ` at ${environment.git}`}`,
    `S3 ${named(environment.s3)}`,
    `Node ${environment.node}`,
    `${environment.cpu}, ${environment.cores} cores, ${formatAmount(environment.memoryMB, 'MB')}`,
    environment.os,
    `seed ${seed}`,
  ];
}

function named({ kind, version }: Result['environment']['s3']): string {
  return version === null ? kind : `${kind} ${version}`;
}
