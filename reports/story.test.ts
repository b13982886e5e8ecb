import { describe, expect, it } from 'vitest';
import { headlines } from './headline.ts';
import { judge } from './judge.ts';
import type { Measurements, Result } from './model.ts';
import {
  SAMPLE_CHECKS,
  sampleFailedResult,
  sampleInvalidResult,
  sampleMeasurements,
  sampleResult,
} from './sample-result.ts';
import {
  describeComparability,
  describeLoad,
  describeUploads,
  eventTime,
  faultsOf,
  isLedgerCalm,
  ledgerTitle,
  nextStep,
} from './story.ts';

describe('events', () => {
  it('are told of in tenths of a second, as far as they lie in the run', () => {
    const at = (fromS: number, toS: number | null) => eventTime({ fromS, toS, label: 'a fault' });
    expect([at(-8, -0.5), at(0.903, 1.648), at(7.004, 18.03), at(-0.01, 15.04), at(12, null)]).toEqual([
      'before the start',
      '0.9 s to 1.6 s',
      '7 s to 18 s',
      'until 15 s',
      'at 12 s',
    ]);
  });

  it('are what was done to the run, without its warm-up', () => {
    expect(faultsOf(sampleFailedResult()).map(({ label }) => label)).toEqual([
      'endpoint 2 answers 503',
      'streamer killed (SIGKILL)',
    ]);
  });
});

describe('the load', () => {
  it('is named without the words of the harness', () => {
    expect(describeLoad({ rate: 'max', schedule: 'max' })).toBe('all files there at the start');
    expect(describeLoad({ rate: '10x', schedule: 'constant' })).toBe('load 10x, constant');
  });

  it('says which files are in no figure of time', () => {
    expect(describeUploads({ files: 137, warmupFiles: 4 })).toBe('of 137 uploaded, 4 as warm-up');
    expect(describeUploads({ files: 137, warmupFiles: 0 })).toBe('of 137 uploaded');
    // Results of older versions do not tell.
    expect(describeUploads({ files: 137, warmupFiles: null })).toBe('of 137 uploaded');
  });
});

describe('the documented table', () => {
  it('excuses nothing in a run like the documented one', () => {
    expect(describeComparability(sampleResult())).not.toContain('This run was given');
  });

  it('says that a fault or another load is behind what is not met', () => {
    expect(describeComparability(sampleFailedResult())).toContain('This run was given 2 faults: ');
    const sample = sampleResult();
    const loaded: Result = { ...sample, load: { ...sample.load, rate: '10x' } };
    expect(describeComparability(loaded)).toContain('This run was given another load (10x): ');
  });
});

describe('the ledger', () => {
  const sample = sampleFailedResult();
  const copies = sample.delivery.problems.filter(({ kind }) => kind === 'duplicate');
  const copied: Result = { ...sample, delivery: { ...sample.delivery, problems: copies } };

  it('has nothing against copies that the faults explain, whatever the verdict', () => {
    expect(ledgerTitle(copied)).toBe('Sent more than once: 2,120 lines, of at most 6,400 that the faults explain');
    expect(isLedgerCalm(copied)).toBe(true);
  });

  it('tells of more copies than that, and of lost lines, before all else', () => {
    const tooMany: Result = { ...copied, delivery: { ...copied.delivery, duplicateBound: 2119 } };
    for (const result of [sample, tooMany]) {
      expect(ledgerTitle(result)).toBe('What the ledger found');
      expect(isLedgerCalm(result)).toBe(false);
    }
  });

  it('is not calm where altered or invented lines found no place behind the copies in the list', () => {
    for (const altered of [{ corruptLines: 3 }, { unexpectedLines: 3 }, { outsideLines: 3 }]) {
      const delivery = { ...copied.delivery, lostLines: 0, problemsOmitted: 40, ...altered };
      expect(ledgerTitle({ ...copied, delivery })).toBe('What the ledger found');
      expect(isLedgerCalm({ ...copied, delivery })).toBe(false);
    }
  });
});

describe('a verdict that is not a pass', () => {
  it('says what to do next', () => {
    expect(nextStep(sampleResult())).toBeNull();
    expect(nextStep(sampleFailedResult())).toContain('logs/');
    expect(nextStep(sampleInvalidResult())).toMatch(/^Run it again/);
  });
});

describe('lag over the SLO', () => {
  const sample = sampleMeasurements();
  const late: Measurements = {
    ...sample,
    latencyMs: { ...sample.latencyMs, lag: { ...sample.latencyMs.lag, max: 65_000 } },
  };
  const pace = (checks: typeof SAMPLE_CHECKS) =>
    headlines(judge(late, checks)).find(({ question }) => question === 'Is it keeping up?');

  it('is bad news where a check asks for the SLO', () => {
    expect(pace(SAMPLE_CHECKS)).toMatchObject({ answer: 'Lag up to 65 s', tone: 'bad' });
  });

  it('is said, and is no bad news, where none does', () => {
    const other = pace(SAMPLE_CHECKS.filter(({ path }) => !path.startsWith('latencyMs.lag')));
    expect(other).toMatchObject({ answer: 'Lag up to 65 s', tone: 'plain' });
    expect(other?.facts.join()).toContain('over the SLO of 60 s, which no check of this run asks for');
  });
});
