/** Commands over runs that are there already: `npm run report`, `npm run compare`, `npm run trend`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Command } from 'commander';
import { compareRuns, type Comparison, renderComparison, renderComparisonMarkdown, renderTrend } from '#reports';
import { exitCodes } from '../command-line.ts';
import { readHistory } from '../gate/history.ts';
import { readResult } from './read-result.ts';
import { rerender } from './rerender.ts';

const exitCodeOfComparison: Readonly<Record<Comparison['verdict'], number>> = {
  compared: exitCodes.passed,
  worse: exitCodes.failed,
  incomparable: exitCodes.provesNothing,
};

const compareHelp = `
Exit codes: 0 compared · 1 B lost lines or failed, and A did not · 2 wrong usage ·
            3 machine, Node, S3 or load differ (or a run proves nothing), so the figures say nothing about the code.`;

interface CompareFlags {
  readonly json: boolean;
  readonly markdown: boolean;
}

export function addReportCommands(root: Command, end: (code: number) => void): void {
  root
    .command('report')
    .description('render the reports of a run again, from its result.json')
    .argument('<folder>', 'of the run, in reports/out')
    .action((folder: string) => end(reportAndPrint(folder)));
  root
    .command('compare')
    .description('two runs side by side; first what differs in their environment')
    .argument('<a>', 'folder of a run')
    .argument('<b>', 'folder of another')
    .option('--json', 'the comparison as JSON on stdout', false)
    .option('--markdown', 'as Markdown, for a comment', false)
    .addHelpText('after', compareHelp)
    .action((a: string, b: string, flags: CompareFlags) => end(compareAndPrint(a, b, flags)));
  root
    .command('trend')
    .description('draw the history that npm run gate -- --history FILE has kept')
    .argument('<file>', 'the history')
    .option('--out <file>', 'the page', 'reports/out/trend.html')
    .action((file: string, { out }: { readonly out: string }) => end(drawTrend(file, out)));
}

function reportAndPrint(folder: string): number {
  process.stdout.write(
    rerender(folder)
      .map((file) => `${file}\n`)
      .join(''),
  );
  return exitCodes.passed;
}

function compareAndPrint(a: string, b: string, { json, markdown }: CompareFlags): number {
  const comparison = compareRuns(readResult(a), readResult(b));
  const render = markdown ? renderComparisonMarkdown : renderComparison;
  process.stdout.write(json ? `${JSON.stringify(comparison)}\n` : render(comparison));
  return exitCodeOfComparison[comparison.verdict];
}

function drawTrend(file: string, out: string): number {
  const page = renderTrend(readHistory(file));
  mkdirSync(dirname(out), { recursive: true });
  writeFileSync(out, page);
  process.stdout.write(`${out}\n`);
  return exitCodes.passed;
}
