/**
 * The relative gate: base and head in turn (A B, B A, A B...) on the same machine and load, each run a fresh process, until the verdict is
 * clear at one of the looks or the time is over.
 */
import { HarnessError } from '#simulator';
import { alternate } from '../run/alternate.ts';
import { type Arm, type GateStage, type Program, runArm } from './arm.ts';
import { figuresOfPair } from './figures-of.ts';
import { type Judgement, judgePairs, type JudgeOptions } from './judge.ts';
import type { Pair } from './pair.ts';
import type { GateSettings } from './settings.ts';

export interface Contest {
  readonly base: Program;
  readonly head: Program;
  readonly settings: GateSettings;
  /** Epoch ms: no pair begins that would end after it. */
  readonly endMs: number;
  readonly onPair: (pair: Pair) => void;
}

export interface ContestOutcome extends Judgement {
  readonly pairs: number;
  readonly looks: readonly number[];
  /** What head, or base, did not deliver as it should; empty when all was. */
  readonly failures: readonly string[];
}

export async function runContest(stage: GateStage, contest: Contest): Promise<ContestOutcome> {
  await rehearse(stage, contest);
  const { settings, endMs } = contest;
  const pairsMax = settings.looks.at(-1) ?? 0;
  const pairs: Pair[] = [];
  const looks: number[] = [];
  let pairMs = 0;
  for (;;) {
    stage.options.signal.throwIfAborted();
    const startMs = Date.now();
    let pair: Pair;
    try {
      pair = await runPair(stage, pairs.length + 1, contest);
    } catch (error) {
      if (!(error instanceof SideFailed) || pairs.length === 0) throw error;
      return failedAt(pairs, error, { looks, pairsMax, isLast: true, effectMin: settings.effectMin });
    }
    pairs.push(pair);
    contest.onPair(pair);
    pairMs = Math.max(pairMs, Date.now() - startMs);
    const failures = whyFailed(pair.head, 'head');
    const isLast = pairs.length >= pairsMax || Date.now() + pairMs > endMs || failures.length > 0;
    if (!isLast && !settings.looks.includes(pairs.length)) continue;
    looks.push(pairs.length);
    const judgement = lookAt(pairs, { looks, pairsMax, isLast, effectMin: settings.effectMin });
    if (failures.length > 0) return { ...judgement, verdict: 'regressed', pairs: pairs.length, looks, failures };
    if (judgement.isClear) return { ...judgement, pairs: pairs.length, looks, failures: pairs.flatMap(baseFailures) };
    const open = judgement.metrics.filter(({ verdict }) => verdict === 'inconclusive').map(({ title }) => title);
    stage.options.progress.note(`after ${pairs.length} pairs not clear yet: ${open.join('; ')}`);
  }
}

/** What one of the two did not do is the verdict, with the figures of the pairs before. */
function failedAt(pairs: readonly Pair[], { side, message }: SideFailed, options: JudgeOptions): ContestOutcome {
  const looks = [...new Set([...options.looks, pairs.length])];
  return {
    ...lookAt(pairs, { ...options, looks }),
    verdict: side === 'head' ? 'regressed' : 'inconclusive',
    pairs: pairs.length,
    looks,
    failures: [`${side} failed in pair ${pairs.length + 1}: ${message}`],
  };
}

function lookAt(pairs: readonly Pair[], options: JudgeOptions): Judgement {
  return judgePairs(pairs.map(figuresOfPair), options);
}

/** One run of each that does not count: what does not start is told of plainly, and caches are warm for both. */
async function rehearse(stage: GateStage, { base, head }: Contest): Promise<void> {
  await runSide(stage, 'base', 'rehearsal-base', base);
  await runSide(stage, 'head', 'rehearsal-head', head);
}

async function runSide(stage: GateStage, side: SideFailed['side'], name: string, program: Program): Promise<Arm> {
  try {
    return await runArm(stage, name, program);
  } catch (error) {
    // Whoever is asked to stop is not at fault.
    stage.options.signal.throwIfAborted();
    if (!(error instanceof HarnessError) || error.fault !== 'streamer') throw error;
    throw new SideFailed(side, error.message, { cause: error });
  }
}

/** One of the two programs does not do its work. */
export class SideFailed extends Error {
  override readonly name = 'SideFailed';
  readonly side: 'base' | 'head';

  constructor(side: 'base' | 'head', message: string, options: { cause: unknown }) {
    super(message, options);
    this.side = side;
  }
}

async function runPair(stage: GateStage, number: number, { base, head }: Contest): Promise<Pair> {
  const runBase = async (): Promise<Arm> => runSide(stage, 'base', `base-${number}`, base);
  const runHead = async (): Promise<Arm> => runSide(stage, 'head', `head-${number}`, head);
  const [baseArm, headArm] = await alternate(number, runBase, runHead);
  return { kind: 'head', base: baseArm, head: headArm };
}

function baseFailures({ base }: Pair): string[] {
  return whyFailed(base, 'base');
}

function whyFailed({ lostLines, duplicateLines, otherLines }: Arm, side: string): string[] {
  if (lostLines + duplicateLines + otherLines === 0) return [];
  return [`${side}: ${lostLines} lines lost, ${duplicateLines} duplicate, ${otherLines} corrupt or unexpected`];
}
