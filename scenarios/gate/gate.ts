/** `npm run gate -- --base REF`: sets up, runs the contest, and writes what came of it. */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeMachine, type Machine } from '../environment/machine.ts';
import { ensureBundle } from '../environment/bundle.ts';
import type { RunOptions } from '../run/context.ts';
import { RunFolder, runName } from '../run/run-folder.ts';
import { withProcesses } from '../run/with-processes.ts';
import { buildBase } from './base.ts';
import { appendHistory } from './history.ts';
import type { MetricVerdict } from './judge.ts';
import type { Pair } from './pair.ts';
import { type ContestOutcome, runContest, SideFailed } from './relative.ts';
import { renderGateHtml } from './render-html.ts';
import { renderGateMarkdown } from './render-markdown.ts';
import type { GateSettings } from './settings.ts';
import { setGateStage } from './stage.ts';

export interface GateOptions extends RunOptions {
  readonly base: string;
  readonly budgetS: number;
  /** Base against itself: what the gate says then is about the machine. */
  readonly isAa: boolean;
  readonly settings: GateSettings;
  /** A line is added to it; null for none. */
  readonly historyFile: string | null;
}

export interface GateResult {
  readonly verdict: ContestOutcome['verdict'];
  /** In plain words; empty where the metrics say it all. */
  readonly reasons: readonly string[];
  readonly startedAt: string;
  readonly durationS: number;
  readonly budgetS: number;
  readonly isAa: boolean;
  readonly base: { readonly ref: string; readonly commit: string; readonly dependencies: 'shared' | 'installed' };
  /** Its commit, with `+changes` where the working tree differs. */
  readonly head: { readonly commit: string | null };
  readonly pairs: number;
  readonly looks: readonly number[];
  readonly metrics: readonly MetricVerdict[];
  readonly machine: Machine;
  readonly s3: { readonly kind: string; readonly version: string };
  readonly seed: number;
  readonly replay: string;
}

export interface GateOutcome {
  readonly result: GateResult;
  readonly folder: string;
}

export async function runGate(options: GateOptions): Promise<GateOutcome> {
  const startedAt = new Date();
  const pairs: Pair[] = [];
  const folder = new RunFolder(options.out, runName('gate', options.seed, startedAt));
  try {
    const logs = join(folder.partial, 'logs');
    const result = await withProcesses(folder.partial, logs, options.signal, async (processes) => {
      const base = await buildBase(options.base, processes, options);
      options.progress.note(`base ${base.commit} built, its dependencies ${base.dependencies}`);
      // State, configuration and uploads of each run go with the runs.
      const stage = await setGateStage(options, processes.temporaryFolder('gate'), processes);
      const head = options.isAa ? base.bundle : await ensureBundle();
      const pairsFile = join(folder.partial, 'pairs.ndjson');
      const outcome = await judgeSides(() =>
        runContest(stage, {
          base: { bundle: base.bundle },
          head: { bundle: head },
          settings: options.settings,
          endMs: startedAt.getTime() + options.budgetS * 1000,
          onPair: (pair) => {
            pairs.push(pair);
            appendFileSync(pairsFile, `${JSON.stringify(pair)}\n`);
          },
        }),
      );
      const machine = describeMachine();
      return {
        ...outcome,
        startedAt: startedAt.toISOString(),
        durationS: (Date.now() - startedAt.getTime()) / 1000,
        budgetS: options.budgetS,
        isAa: options.isAa,
        base: { ref: options.base, commit: base.commit, dependencies: base.dependencies },
        head: { commit: options.isAa ? base.commit : machine.git },
        machine,
        s3: { kind: stage.s3.kind, version: stage.s3.version },
        seed: options.seed,
        replay: options.replay,
      };
    });
    folder.write('gate.json', `${JSON.stringify(result, null, 2)}\n`);
    folder.write('gate.md', renderGateMarkdown(result));
    folder.write('gate.html', renderGateHtml(result, pairs));
    folder.finish();
    if (options.historyFile !== null) appendHistory(options.historyFile, result);
    return { result, folder: folder.final };
  } finally {
    options.progress.end();
    folder.discard();
  }
}

type Judged = Pick<GateResult, 'verdict' | 'reasons' | 'pairs' | 'looks' | 'metrics'>;

/** A side that does not run is a verdict too: head's fault is a regression, base's leaves nothing to compare with. */
export async function judgeSides(contest: () => Promise<ContestOutcome>): Promise<Judged> {
  try {
    const { verdict, failures, pairs, looks, metrics } = await contest();
    return { verdict, reasons: failures, pairs, looks, metrics };
  } catch (error) {
    if (!(error instanceof SideFailed)) throw error;
    const nothing = { pairs: 0, looks: [], metrics: [] };
    return error.side === 'head'
      ? { ...nothing, verdict: 'regressed', reasons: [`Head does not run: ${error.message}`] }
      : {
          ...nothing,
          verdict: 'inconclusive',
          reasons: [`Base does not run, so nothing was compared: ${error.message}`],
        };
  }
}
