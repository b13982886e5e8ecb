/**
 * JUnit XML, for CI systems that show tests: a run is a suite, a check is a case.
 * A check that failed is a failure; one that proves the run worthless, or was not measured, is an error. Both carry the replay command.
 */
import { checkState, describeCheck } from './format.ts';
import { summaryLine } from './headline.ts';
import type { Check, Result } from './model.ts';
import { escapeMarkup } from './xml.ts';

export function renderJUnit(result: Result): string {
  const cases = [...result.checks.map((check) => caseOf(check, result)), ...verdictCase(result)];
  const counts = attributes({
    tests: String(cases.length),
    failures: String(cases.filter(({ outcome }) => outcome === 'failure').length),
    errors: String(cases.filter(({ outcome }) => outcome === 'error').length),
    skipped: '0',
    time: result.durationS.toFixed(3),
  });
  const properties = propertiesOf(result).map(([name, value]) => `      <property${attributes({ name, value })}/>`);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name: 's3-edgedelta-streamer' })}${counts}>`,
    `  <testsuite${attributes({ name: result.scenario, timestamp: result.startedAt.slice(0, 19) })}${counts}>`,
    '    <properties>',
    ...properties,
    '    </properties>',
    ...cases.map(({ xml }) => xml),
    `    <system-out>${escapeMarkup(`${summaryLine(result)}\nreplay: ${result.replay}`)}</system-out>`,
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

interface Case {
  readonly outcome: 'passed' | 'failure' | 'error';
  readonly xml: string;
}

function caseOf(check: Check, result: Result): Case {
  if (check.ok) return testCase(result, `${check.name} (${check.path})`, 'passed', '');
  const outcome = checkState(check) === 'unknown' || check.kind === 'validity' ? 'error' : 'failure';
  return testCase(result, `${check.name} (${check.path})`, outcome, describeCheck(check));
}

/** A run can be invalid without a failed check (nothing was checked); it must not look green then. */
function verdictCase(result: Result): Case[] {
  if (result.verdict === 'pass' || result.checks.some((check) => !check.ok)) return [];
  return [
    testCase(result, 'verdict', result.verdict === 'fail' ? 'failure' : 'error', result.verdictReasons.join(' ')),
  ];
}

function testCase(result: Result, name: string, outcome: Case['outcome'], message: string): Case {
  const head = `    <testcase${attributes({ classname: `s3-edgedelta-streamer.${result.scenario}`, name, time: '0' })}`;
  if (outcome === 'passed') return { outcome, xml: `${head}/>` };
  const body = escapeMarkup(`${message}\nreplay: ${result.replay}`);
  return {
    outcome,
    xml: `${head}>\n      <${outcome}${attributes({ message, type: outcome })}>${body}</${outcome}>\n    </testcase>`,
  };
}

function propertiesOf({ verdict, seed, replay, environment, streamer }: Result): (readonly [string, string])[] {
  return [
    ['verdict', verdict],
    ['seed', String(seed)],
    ['replay', replay],
    ['streamer', streamer.version],
    ['git', environment.git ?? 'unknown'],
    ['node', environment.node],
    ['cpu', `${environment.cpu}, ${environment.cores} cores`],
    ['s3', [environment.s3.kind, environment.s3.version ?? ''].join(' ').trim()],
    ['redis', [environment.redis.kind, environment.redis.version ?? ''].join(' ').trim()],
  ];
}

function attributes(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escapeMarkup(value)}"`)
    .join('');
}
