/** Invented, for tests: a row for each judgement that is asked for, with one claim of that judgement. */
import type { TuningClaim, TuningJudgement, TuningResult, TuningRow } from './model.ts';

interface SampleTuning {
  readonly judgements: readonly TuningClaim['judgement'][];
  readonly isPlacebo?: boolean;
  readonly isBroken?: boolean;
}

export function sampleTuning({ judgements, isPlacebo = false, isBroken = false }: SampleTuning): TuningResult {
  const count = (wanted: TuningJudgement): number => judgements.filter((judgement) => judgement === wanted).length;
  return {
    schemaVersion: 1,
    startedAt: '2026-11-25T16:30:00.000Z',
    durationS: 540,
    seed: 7,
    replay: 'npm run scenario -- tuning --seed 7',
    isPlacebo,
    environment: {
      node: 'v26.10.0',
      cpu: 'AMD EPYC',
      cores: 2,
      memoryMB: 24_000,
      os: 'Linux 6 x64',
      git: 'abc1234',
      s3: 'embedded fauxqs 2.4.1',
      redis: 'local 7.0.15',
      loadAverage: [1.5, 2.25],
    },
    counts: {
      confirmed: count('confirmed'),
      'not confirmed': count('not confirmed'),
      depends: 0,
      'could not tell': count('could not tell'),
    },
    rows: judgements.map(sampleRow),
    arms: [
      {
        name: 'lag-two',
        round: 1,
        purpose: '12 MB/s to 2 agents of 4 MB/s each.',
        settings: ['http.workers 10'],
        durationS: 18,
        verdict: isBroken ? 'fail' : 'pass',
        problems: isBroken ? ['lost lines: 3'] : [],
        isBroken,
        report: 'arms/lag-two/report.html',
      },
    ],
    untested: [{ text: 'Ask <somebody>.', why: 'Nobody is asked by a test.' }],
  };
}

function sampleRow(judgement: TuningClaim['judgement'], index: number): TuningRow {
  return {
    name: `row-${index + 1}`,
    documented: [{ section: 'Performance Tuning Checklist', text: 'Sustained lag: Add HTTP endpoints | tune workers' }],
    judgement,
    why: 'Lag of the median object from 4 s to 2 s (50%).',
    claims: [
      {
        when: 'agents that take no more',
        lever: 'endpoints 2 to 4',
        measure: { name: 'lag of the median object', unit: 'ms' },
        expected: 'lag of the median object ≥ 1.5 s before, and it falls to 50% or less',
        rounds: [{ before: 4000, after: 2000 }],
        before: 4000,
        after: 2000,
        ratio: 0.5,
        price: { name: 'CPU of the streamer', unit: 'cores', before: 0.25, after: null },
        judgement,
        why: 'lag of the median object from 4 s to 2 s (50%)',
        arms: { before: 'lag-two', after: 'lag-four' },
      },
    ],
  };
}
