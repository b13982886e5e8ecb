/**
 * `npm test`: everything that this machine can check, cheapest first. One line for each step that passes, the whole output of one that does
 * not. With CI=true a missing service is a failure, not something to leave out.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findMinioBinary, onStopSignals } from '#simulator';
import { z } from 'zod';
import { type ScenarioStep, scenarioSteps } from './core-set.ts';
import { reasonToRepeat } from './once-more.ts';
import { asFound, asProcesses, describeParts, findOtherParts, inContainers, type Parts } from './parts.ts';
import { readRunResult } from './run-result.ts';
import { describeMissing, findServices, isCI } from './services.ts';
import { commandOf, runStep, type Step, type StepResult } from './step.ts';
import { Tally } from './tally.ts';

/** Each is a whole program's word on the whole tree. */
const checks: readonly Step[] = [
  { name: 'format', script: 'format:check', args: [], env: {} },
  { name: 'lint', script: 'lint', args: [], env: {} },
  { name: 'types', script: 'typecheck', args: [], env: {} },
  { name: 'dead code', script: 'deadcode', args: [], env: {} },
  { name: 'build', script: 'build', args: [], env: {} },
];

const testProjects: readonly Step[] = [
  { name: 'unit tests', script: 'test:unit', args: [], env: {} },
  { name: 'integration tests', script: 'test:integration', args: [], env: {} },
];

/** The streamer under seeded faults, on a virtual clock. */
const virtualTime: readonly Step[] = [
  { name: 'virtual worlds', script: 'sim', args: ['--seeds', '100'], env: {} },
  { name: 'virtual worlds on Redis', script: 'sim', args: ['--world', 'redis', '--seeds', '40'], env: {} },
  { name: 'mutants', script: 'mutants', args: ['--quick'], env: {} },
];

/** Where the reports of scenarios that did not pass stay. */
const reportFolder = join('reports', 'out');
const provesNothingCode = 3;
const scenarioRunsMax = 2;
/** Of the longest. */
const nameWidth = 28;
const vitestSchema = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numFailedTestSuites: z.number(),
  numPendingTests: z.number(),
});

const interrupt = new AbortController();
const tally = new Tally();

process.exitCode = await main();

async function main(): Promise<number> {
  onStopSignals({ inOrder: () => interrupt.abort(), atOnce: () => process.exit(provesNothingCode) });
  const services = await findServices(process.env);
  const missing = describeMissing(services);
  if (isCI(process.env) && missing !== null) {
    print(`CI needs every service. ${missing}`);
    tally.add({ failed: 1 });
  }
  for (const step of checks) await check(step);
  for (const step of testProjects) await runTests(step);
  for (const step of virtualTime) await runOnce(step);
  const has = (wanted: string): boolean => services.some(({ name, isThere }) => name === wanted && isThere);
  for (const step of scenarioSteps(partsToRunOn(has))) await runScenarioStep(step);
  if (interrupt.signal.aborted) {
    print('Interrupted.');
    return provesNothingCode;
  }
  if (missing !== null) print(missing);
  print(tally.toString());
  return tally.failed === 0 ? 0 : 1;
}

/** In CI both ways, and what is missing for one has been told as a failure; elsewhere once. */
function partsToRunOn(has: (service: string) => boolean): readonly Parts[] {
  const hasRedis = has('Redis');
  if (!isCI(process.env)) return [asFound({ hasMinio: has('MinIO'), hasRedis })];
  const minioBinary = findMinioBinary(process.env);
  return [
    ...(minioBinary === null ? [] : [asProcesses({ minioBinary, hasRedis })]),
    ...(has('Docker') ? [inContainers] : []),
  ];
}

async function check(step: Step): Promise<void> {
  const result = await run(step);
  if (result === null) return;
  if (report(step, result, '')) return;
  tally.add({ failed: 1 });
}

async function runTests(step: Step): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 's3es-test-'));
  try {
    const file = join(folder, 'result.json');
    const result = await run({ ...step, args: ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`] });
    if (result === null) return;
    const counts = readCounts(file);
    const skipped = counts.skipped === 0 ? '' : `, ${counts.skipped} skipped`;
    // A run that ends red without a red test (a file that does not load, an error after the last test) is one failure.
    const failed = result.code === 0 ? 0 : Math.max(1, counts.failed);
    report(step, result, `${counts.passed} passed${skipped}`);
    tally.add({ ...counts, failed });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readCounts(file: string): { passed: number; failed: number; skipped: number } {
  try {
    const counts = vitestSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    return { passed: counts.numPassedTests, failed: counts.numFailedTests, skipped: counts.numPendingTests };
  } catch {
    // It ended before it could write its result; its exit code says the rest.
    return { passed: 0, failed: 0, skipped: 0 };
  }
}

/** On a virtual clock: a busy machine cannot spoil it. */
async function runOnce(step: Step): Promise<void> {
  const result = await run(step);
  if (result !== null) tally.add(report(step, result, '') ? { passed: 1 } : { failed: 1 });
}

/** One that a busy machine may have spoilt is run once more, and that is said. One that ran on other parts than it was to has failed, whatever it found. */
async function runScenarioStep(step: ScenarioStep): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    mkdirSync(reportFolder, { recursive: true });
    const out = mkdtempSync(join(reportFolder, 'test-'));
    let isPassed = false;
    try {
      const result = await run({ ...step, args: [...step.args, '--out', out] });
      if (result === null) return;
      const said = readRunResult(out);
      const otherParts = step.parts === null ? null : findOtherParts(step.parts, said, result.code);
      if (otherParts !== null) {
        print(`✗ ${step.name}: ${otherParts}\n  (${commandOf(step)})`);
        tally.add({ failed: 1 });
        return;
      }
      const reason = result.code === 0 || attempt === scenarioRunsMax ? null : reasonToRepeat(said, result.code);
      if (reason === null) {
        const details = [said === null ? '' : describeParts(said), attempt === 1 ? '' : 'in a second run'];
        const detail = details.filter((part) => part !== '').join(', ');
        isPassed = report(step, result, detail);
        tally.add(isPassed ? { passed: 1 } : { failed: 1 });
        return;
      }
      print(`? ${step.name}: ${reason} Once more.`);
    } finally {
      if (isPassed) rmSync(out, { recursive: true, force: true });
    }
  }
}

async function run(step: Step): Promise<StepResult | null> {
  if (interrupt.signal.aborted) return null;
  const result = await runStep(step, interrupt.signal);
  return interrupt.signal.aborted ? null : result;
}

/** Whether it passed. */
function report(step: Step, result: StepResult, detail: string): boolean {
  const isPassed = result.code === 0;
  const mark = isPassed ? '✓' : '✗';
  print(`${mark} ${step.name.padEnd(nameWidth)} ${result.durationS.toFixed(1).padStart(6)} s  ${detail}`.trimEnd());
  if (!isPassed) print(`${result.output.trimEnd()}\n  (${commandOf(step)}: exit code ${result.code})`);
  return isPassed;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
