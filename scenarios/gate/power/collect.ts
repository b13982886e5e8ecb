/**
 * Collects pairs for the gate's own power: blocks of six runs in random order, base twice and each known slow-down once. Each block gives
 * one pair of base with itself and one with each slow-down.
 */
import { appendFileSync, existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median, shuffle } from 'simple-statistics';
import { createRandom, removeFolder } from '#simulator';
import type { RunOptions } from '../../run/context.ts';
import { withProcesses } from '../../run/with-processes.ts';
import { type Arm, type GateStage, runArm } from '../arm.ts';
import { readPairs } from '../pair.ts';
import { setGateStage } from '../stage.ts';
import { burnCpuSPerGB, slowedDown, SLOW_DOWNS, type SlowDown } from './slow-down.ts';

export interface CollectOptions extends RunOptions {
  /** No block begins after this many seconds. */
  readonly durationS: number;
  /** Pairs are added to it, one line each. */
  readonly pairsFile: string;
}

export async function collectPairs(options: CollectOptions): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 's3es-gate-'));
  try {
    return await withProcesses(folder, join(folder, 'logs'), options.signal, async (processes) => {
      const stage = await setGateStage(options, folder, processes);
      const endMs = Date.now() + options.durationS * 1000;
      let blocks = 0;
      for (; Date.now() < endMs; blocks++) {
        options.signal.throwIfAborted();
        await runBlock(stage, blocks, options);
      }
      return blocks;
    });
  } finally {
    options.progress.end();
    removeFolder(folder);
  }
}

async function runBlock(stage: GateStage, block: number, { pairsFile, progress }: CollectOptions): Promise<void> {
  const name = `block-${block}`;
  const passesOfAll = (await baseCpuSPerGB(stage, name, pairsFile)) / burnCpuSPerGB();
  const random = createRandom(stage.options.seed).fork(`${name}-${Date.now()}`);
  const order = shuffle(['base' as const, ...SLOW_DOWNS], random.next);
  const arms = new Map<'base' | SlowDown, Arm>();
  for (const kind of order) {
    const program = slowedDown(stage.bundle, kind === 'base' ? 'none' : kind, passesOfAll);
    arms.set(kind, await runArm(stage, `${name}-${kind}`, program));
  }
  const base = arms.get('base');
  const pairs = SLOW_DOWNS.map((kind) => JSON.stringify({ kind, base, head: arms.get(kind) }));
  appendFileSync(pairsFile, `${pairs.join('\n')}\n`);
  const { throughput, cpu } = base?.figures ?? {};
  progress.note(`block ${block + 1}: base ${throughput?.toFixed(0)} MB/s, ${cpu?.toFixed(2)} CPU s per GB`);
}

/** What 100 % of the CPU is: from the pairs so far, or from one run more. */
async function baseCpuSPerGB(stage: GateStage, name: string, pairsFile: string): Promise<number> {
  const pairs = existsSync(pairsFile) ? readPairs(pairsFile) : [];
  const known = pairs.filter(({ kind }) => kind === 'none').flatMap(({ base }) => base.figures.cpu ?? []);
  if (known.length > 0) return median(known);
  const { figures } = await runArm(stage, `${name}-calibration`, { bundle: stage.bundle });
  return figures.cpu ?? 0;
}
