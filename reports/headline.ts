/**
 * The answers a reader looks for first, in words: did it lose anything, is it keeping up, how fast, at what cost.
 * Used by the HTML and the Markdown report alike.
 */
import { documentedValue } from './documented.ts';
import { checkState, formatAmount, formatMs, formatNumber, formatSeconds, formatShare } from './format.ts';
import type { Result } from './model.ts';
import { describeLoad, describeUploads } from './story.ts';

type Tone = 'good' | 'bad' | 'unknown' | 'plain';

export interface Headline {
  readonly question: string;
  readonly answer: string;
  readonly tone: Tone;
  /** One or two short facts behind the answer. */
  readonly facts: readonly string[];
}

export const VERDICT_WORDS: Readonly<Record<Result['verdict'], string>> = {
  pass: 'Passed',
  fail: 'Failed',
  invalid: 'Invalid',
};

export function headlines(result: Result): Headline[] {
  const failedUnder = (...prefixes: readonly string[]): boolean =>
    result.checks.some(
      (check) => checkState(check) === 'failed' && prefixes.some((prefix) => check.path.startsWith(prefix)),
    );
  return [
    alarmed(lossHeadline(result), failedUnder('delivery.')),
    alarmed(paceHeadline(result), failedUnder('latencyMs.', 'pace.')),
    alarmed(throughputHeadline(result), failedUnder('throughput.', 'barePipe.')),
    alarmed(costHeadline(result), failedUnder('resources.streamer.')),
  ];
}

/** An answer is not good news while a check on its figures failed. */
function alarmed(headline: Headline, isFailed: boolean): Headline {
  return isFailed ? { ...headline, tone: 'bad' } : headline;
}

function lossHeadline({ delivery }: Result): Headline {
  const question = 'Did it lose anything?';
  const { lostLines, duplicateLines, unexpectedLines, corruptLines } = delivery;
  if (lostLines === null) {
    return { question, answer: 'Not known', tone: 'unknown', facts: ['the ledger gave no answer'] };
  }
  const altered = (unexpectedLines ?? 0) + (corruptLines ?? 0);
  const duplicates = `${formatNumber(duplicateLines)} duplicate, bound ${formatNumber(delivery.duplicateBound)}`;
  return {
    question,
    answer: lostLines === 0 ? 'Nothing lost' : `${formatNumber(lostLines)} lines lost`,
    tone: lostLines === 0 && altered === 0 ? 'good' : 'bad',
    facts: [
      `${formatNumber(delivery.deliveredLines)} of ${formatNumber(delivery.expectedLines)} lines delivered`,
      altered === 0
        ? duplicates
        : `${duplicates} · ${formatNumber(corruptLines)} corrupt, ${formatNumber(unexpectedLines)} unexpected`,
    ],
  };
}

function paceHeadline({ latencyMs, pace, checks }: Result): Headline {
  const question = 'Is it keeping up?';
  const { avg, max } = latencyMs.lag;
  const sloS = documentedValue('lagSlo') ?? 0;
  if (avg === null || max === null)
    return { question, answer: 'Not known', tone: 'unknown', facts: ['no file was completed'] };
  const within = max < sloS * 1000;
  const isJudged = checks.some(({ path }) => path === 'latencyMs.lag.max');
  const waiting = `at most ${formatAmount(pace.backlogFilesMax, pace.backlogFilesMax === 1 ? 'file' : 'files')} waiting`;
  return {
    question,
    answer: within ? `Lag ${formatMs(avg)}` : `Lag up to ${formatMs(max)}`,
    tone: within ? 'good' : isJudged ? 'bad' : 'plain',
    facts: [
      within
        ? `average; worst file ${formatMs(max)}, SLO ${formatSeconds(sloS)}`
        : `average ${formatMs(avg)}; over the SLO of ${formatSeconds(sloS)}${isJudged ? '' : ', which no check of this run asks for'}`,
      pace.drainS === null
        ? `${waiting}; not all was settled`
        : `${waiting}; all settled ${formatSeconds(pace.drainS)} after the last upload`,
    ],
  };
}

function throughputHeadline({ throughput, load, latencyMs }: Result): Headline {
  const question = 'How much did it move?';
  if (throughput.rawMBPerMin === null)
    return { question, answer: 'Not known', tone: 'unknown', facts: ['throughput was not measured'] };
  const offered = load.offeredRawMBPerMin;
  return {
    question,
    answer: formatAmount(throughput.rawMBPerMin, 'MB/min'),
    tone: 'plain',
    facts: [
      offered === null ? `raw; ${describeLoad(load)}` : `raw, ${formatNumber(offered)} offered (${load.rate})`,
      `${formatAmount(latencyMs.lag.n, 'files')} in ${formatSeconds(throughput.windowS)}, ${describeUploads(load)}`,
    ],
  };
}

function costHeadline({ resources, throughput, streamer }: Result): Headline {
  const question = 'What did it cost?';
  const { cpuCores, rssMaxMB, rssEndMB } = resources.streamer;
  if (cpuCores === null)
    return { question, answer: 'Not known', tone: 'unknown', facts: ['the streamer process was not measured'] };
  const perCpuS =
    throughput.rawMBPerCpuS === null ? [] : [`${formatNumber(throughput.rawMBPerCpuS)} raw MB per CPU second`];
  return {
    question,
    answer: `${formatShare(cpuCores)} of a core`,
    tone: 'plain',
    facts: [
      `memory ${formatAmount(rssEndMB, 'MB')}, highest ${formatAmount(rssMaxMB, 'MB')}`,
      ...(streamer.instances === 1 ? [] : [`of ${formatAmount(streamer.instances, 'instances')} together`]),
      ...perCpuS,
    ],
  };
}

/** The whole run in one line, for places that have no more room. */
export function summaryLine(result: Result): string {
  const { delivery, latencyMs, throughput } = result;
  const parts = [
    `lost ${formatNumber(delivery.lostLines)} of ${formatNumber(delivery.expectedLines)} lines`,
    ...(delivery.duplicateLines === 0
      ? []
      : [`${formatNumber(delivery.duplicateLines)} duplicate, bound ${formatNumber(delivery.duplicateBound)}`]),
    `lag ${formatMs(latencyMs.lag.avg)} avg, ${formatMs(latencyMs.lag.max)} worst`,
    formatAmount(throughput.rawMBPerMin, 'MB/min'),
  ];
  return parts.join(' · ');
}
