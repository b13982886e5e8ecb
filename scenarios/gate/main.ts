/** `npm run gate`: the limits of a run, or base and head of a change. Results on stdout, progress on stderr. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import type { Verdict } from '#reports';
import { HarnessError } from '#simulator';
import { exitCodes, parseDurationS, parseSeed, replayCommand, runCommandLine } from '../command-line.ts';
import { measureGrowth } from '../bench/growth/growth.ts';
import { Progress } from '../environment/progress.ts';
import { readResult } from '../report/read-result.ts';
import { runScenario } from '../run/run.ts';
import { type GateResult, runGate } from './gate.ts';
import { growthChecks, growthObjectsMax } from './limits/growth-checks.ts';
import { judgeLimits, readLimits } from './limits/judge-limits.ts';
import { limitsScenario } from './limits/limits-run.ts';
import { renderLimitsMarkdown, renderLimitsText } from './limits/render.ts';
import { renderGateText } from './render-text.ts';
import { gateFile, readGateSettings } from './settings.ts';

const exitCodeOf: Readonly<Record<GateResult['verdict'] | Verdict, number>> = {
  pass: exitCodes.passed,
  improved: exitCodes.passed,
  regressed: exitCodes.failed,
  fail: exitCodes.failed,
  inconclusive: exitCodes.provesNothing,
  invalid: exitCodes.provesNothing,
};

interface Flags {
  readonly base?: string;
  readonly run?: string;
  readonly budget: number;
  readonly aa: boolean;
  readonly config: string;
  readonly history?: string;
  readonly json: boolean;
  readonly out: string;
  readonly s3: string;
  readonly seed: number;
}

const help = `
Exit codes: 0 passed or improved · 1 regressed, or a limit is broken · 2 wrong usage ·
            3 it proves nothing: too much noise, nothing exercised, base does not run.
Examples: npm run gate                             limits of scenarios/gate.yaml, held against a run of 80 s, and growth
          npm run gate -- --run reports/out/RUN    the same, held against a run that there is
          npm run gate -- --base origin/main       this checkout beside where main is, on the same load
          npm run gate -- --base HEAD --aa         what this machine's noise looks like to the gate`;

function program(interrupt: AbortSignal, end: (code: number) => void): Command {
  return new Command('gate')
    .description('Holds a run to its limits, or (--base) a change to what was before it.')
    .option('--base <ref>', 'the commit to compare with; it is built in a worktree of its own')
    .option('--budget <time>', 'with --base: no pair of runs begins that would end later', parseDurationS, 600)
    .option('--aa', 'with --base: base against itself', false)
    .option('--history <file>', 'with --base: a line of JSON is added to it')
    .option('--run <folder>', 'without --base: judge this run instead of a new one')
    .option('--config <file>', 'limits, looks and smallest effects', gateFile)
    .option('--json', 'the verdict as JSON on stdout', false)
    .option('--out <folder>', 'where reports go', 'reports/out')
    .option('--s3 <which>', 'embedded, minio or a URL', 'embedded')
    .option('--seed <n>', 'of the load', parseSeed, 1)
    .addHelpText('after', help)
    .exitOverride()
    .action(async (flags: Flags) => {
      if (flags.base === undefined && flags.aa) throw new HarnessError('usage', '--aa needs --base: whose noise?');
      if (flags.base !== undefined && flags.run !== undefined)
        throw new HarnessError('usage', '--run is judged by limits alone: leave --base out.');
      end(
        flags.base === undefined ? await holdToLimits(flags, interrupt) : await compare(flags.base, flags, interrupt),
      );
    });
}

async function compare(base: string, flags: Flags, signal: AbortSignal): Promise<number> {
  const { result, folder } = await runGate({
    ...runOptions(flags, signal),
    base,
    budgetS: flags.budget,
    isAa: flags.aa,
    settings: readGateSettings(flags.config),
    historyFile: flags.history ?? null,
  });
  process.stdout.write(flags.json ? `${JSON.stringify(result)}\n` : renderGateText(result));
  process.stderr.write(`Reports: ${folder}/gate.html, gate.md, gate.json, pairs.ndjson\n`);
  return exitCodeOf[result.verdict];
}

async function holdToLimits(flags: Flags, signal: AbortSignal): Promise<number> {
  const limits = readLimits(readGateSettings(flags.config).thresholds, flags.config);
  const { result, folder, beside } =
    flags.run === undefined ? await measureForLimits(flags, signal) : { ...readResult(flags.run), beside: [] };
  const judged = judgeLimits(result, limits, beside);
  writeFileSync(join(folder, 'gate.json'), `${JSON.stringify(judged, null, 2)}\n`);
  writeFileSync(join(folder, 'gate.md'), renderLimitsMarkdown(judged));
  process.stdout.write(flags.json ? `${JSON.stringify(judged)}\n` : renderLimitsText(judged));
  process.stderr.write(`Reports: ${folder}/gate.md, gate.json\n`);
  return exitCodeOf[judged.verdict];
}

async function measureForLimits(flags: Flags, signal: AbortSignal) {
  const options = runOptions(flags, signal);
  const run = await runScenario(limitsScenario(), options);
  const { progress } = options;
  const beside = await growthChecks(async () =>
    measureGrowth({ objectsMax: growthObjectsMax, onStep: (text) => progress.note(text) }),
  );
  progress.end();
  return { ...run, beside };
}

function runOptions({ seed, s3, out }: Flags, signal: AbortSignal) {
  return {
    seed,
    s3,
    redis: 'none',
    out,
    replay: replayCommand('gate', process.argv.slice(2), seed),
    progress: new Progress(process.stderr),
    signal,
  };
}

// Not process.exit: what is written to a pipe must be out first.
process.exitCode = await runCommandLine(program);
