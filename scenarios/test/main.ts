/**
 * `npm test`: everything that this machine can check, cheapest first. One line for each step that passes, the whole output of one that does
 * not. With CI=true a missing service is a failure, not something to leave out.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onStopSignals } from '#simulator';
import { z } from 'zod';
import { reasonToRepeat } from './once-more.ts';
import { describeMissing, findServices } from './services.ts';
import { runNpmScript, type StepResult } from './step.ts';
import { Tally } from './tally.ts';

interface Step {
  readonly name: string;
  readonly script: string;
  readonly args: readonly string[];
}

/** Each is a whole program's word on the whole tree. */
const checks: readonly Step[] = [
  { name: 'format', script: 'format:check', args: [] },
  { name: 'lint', script: 'lint', args: [] },
  { name: 'types', script: 'typecheck', args: [] },
  { name: 'dead code', script: 'deadcode', args: [] },
  { name: 'build', script: 'build', args: [] },
];

const testProjects: readonly Step[] = [
  { name: 'unit tests', script: 'test:unit', args: [] },
  { name: 'integration tests', script: 'test:integration', args: [] },
];

/** The streamer under seeded faults, on a virtual clock. */
const virtualTime: readonly Step[] = [
  { name: 'virtual worlds', script: 'sim', args: ['--seeds', '100'] },
  { name: 'virtual worlds on Redis', script: 'sim', args: ['--world', 'redis', '--seeds', '40'] },
  { name: 'mutants', script: 'mutants', args: ['--quick'] },
];

const provesNothingCode = 3;
const scenarioRunsMax = 2;
/** Each on real parts; throughput and lag are the snapshots'. */
const core = ['streamer-crash', 'endpoint-outage', 'ack-ambiguity', 'dirty-data', 'backlog-replay'] as const;
/** Those of several instances. */
const coreOnRedis = ['redis-failover', 'instance-crash'] as const;

const vitestSchema = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numFailedTestSuites: z.number(),
  numPendingTests: z.number(),
});

const isCI = process.env['CI'] === 'true';
const interrupt = new AbortController();
const tally = new Tally();

process.exitCode = await main();

async function main(): Promise<number> {
  onStopSignals({ inOrder: () => interrupt.abort(), atOnce: () => process.exit(provesNothingCode) });
  const services = await findServices(process.env);
  const missing = describeMissing(services);
  if (isCI && missing !== null) {
    print(`CI needs every service. ${missing}`);
    tally.add({ failed: 1 });
  }
  for (const step of checks) await check(step);
  for (const step of testProjects) await runTests(step);
  for (const step of virtualTime) await runOnce(step);
  const has = (wanted: string): boolean => services.some(({ name, isThere }) => name === wanted && isThere);
  for (const step of coreScenarios({ hasMinio: has('MinIO'), hasRedis: has('Redis') })) await runScenarioStep(step);
  if (interrupt.signal.aborted) {
    print('Interrupted.');
    return provesNothingCode;
  }
  if (missing !== null) print(missing);
  print(tally.toString());
  return tally.failed === 0 ? 0 : 1;
}

/** On real parts. The snapshot is the one a user runs first, on the S3 that is closest to AWS. */
function coreScenarios({ hasMinio, hasRedis }: Readonly<Record<'hasMinio' | 'hasRedis', boolean>>): readonly Step[] {
  const s3 = hasMinio ? 'minio' : 'embedded';
  return [
    { name: `snapshot 1x on ${s3}`, script: 'snapshot', args: ['--s3', s3, '--duration', '45s'] },
    { name: `snapshot max on embedded`, script: 'snapshot', args: ['--rate', 'max', '--duration', '40s'] },
    ...[...core, ...(hasRedis ? coreOnRedis : [])].map((name) => ({
      name: `${name} on ${s3}`,
      script: 'scenario',
      args: [name, '--s3', s3],
    })),
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

/** One that a busy machine may have spoilt is run once more, and that is said. */
async function runScenarioStep(step: Step): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const out = mkdtempSync(join(tmpdir(), 's3es-test-'));
    try {
      const result = await run({ ...step, args: [...step.args, '--out', out] });
      if (result === null) return;
      const reason = result.code === 0 || attempt === scenarioRunsMax ? null : reasonToRepeat(out, result.code);
      if (reason === null) {
        tally.add(report(step, result, attempt === 1 ? '' : 'in a second run') ? { passed: 1 } : { failed: 1 });
        return;
      }
      print(`? ${step.name}: ${reason} Once more.`);
    } finally {
      rmSync(out, { recursive: true, force: true });
    }
  }
}

async function run(step: Step): Promise<StepResult | null> {
  if (interrupt.signal.aborted) return null;
  const result = await runNpmScript(step.script, step.args, interrupt.signal);
  return interrupt.signal.aborted ? null : result;
}

/** Whether it passed. */
function report(step: Step, result: StepResult, detail: string): boolean {
  const isPassed = result.code === 0;
  const mark = isPassed ? '✓' : '✗';
  print(`${mark} ${step.name.padEnd(26)} ${result.durationS.toFixed(1).padStart(6)} s  ${detail}`.trimEnd());
  if (!isPassed)
    print(
      `${result.output.trimEnd()}\n  (npm run ${[step.script, ...(step.args.length === 0 ? [] : ['--', ...step.args])].join(' ')}: exit code ${result.code})`,
    );
  return isPassed;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
