import { describe, expect, it } from 'vitest';
import documentedJson from '../fixtures/documented-metrics.json' with { type: 'json' };
import { compareWithDocumented, countDocumentedKeys, DOCUMENTED_CONTRADICTIONS } from './documented.ts';
import type { DocumentedRow, Measurements } from './model.ts';
import { sampleInvalidResult, sampleMeasurements } from './sample-result.ts';

function rowOf(id: string, measurements: Measurements): DocumentedRow {
  const row = compareWithDocumented(measurements).find((candidate) => candidate.id === id);
  if (row === undefined) throw new Error(`no row ${id}`);
  return row;
}

function withLag(change: Partial<Measurements['latencyMs']['lag']>): Measurements {
  const sample = sampleMeasurements();
  return { ...sample, latencyMs: { ...sample.latencyMs, lag: { ...sample.latencyMs.lag, ...change } } };
}

describe('compareWithDocumented', () => {
  it('has a row for every documented figure, section by section', () => {
    const rows = compareWithDocumented(sampleMeasurements());
    expect(rows.map(({ id }) => id)).toEqual(documentedJson.rows.map(({ id }) => id));
    expect(new Set(rows.map(({ section }) => section))).toEqual(
      new Set(['Production Snapshot', 'Data Format Reference', 'EdgeDelta Pipeline Snapshot', 'Published elsewhere']),
    );
  });

  it('is met by a run at the documented rate, in every row that is judged', () => {
    expect(compareWithDocumented(sampleMeasurements()).filter(({ met }) => met === false)).toEqual([]);
  });

  it('holds a run that has fewer agents than the documented three for no failure', () => {
    const sample = sampleMeasurements();
    const two = { ...sample, pipelineStatus: { ...sample.pipelineStatus, activeAgents: 2, configuredAgents: 2 } };
    expect(rowOf('activeAgents', two)).toMatchObject({ measured: 2, met: null, note: 'of 2 in this run' });
    const idle = { ...sample, pipelineStatus: { ...sample.pipelineStatus, activeAgents: 2, configuredAgents: 3 } };
    expect(rowOf('activeAgents', idle).met).toBe(false);
  });

  it('does not hold several instances together against the memory and CPU of one', () => {
    const sample = sampleMeasurements();
    const three = { ...sample, streamer: { ...sample.streamer, instances: 3 } };
    for (const id of ['memory', 'cpu']) {
      expect(rowOf(id, three)).toMatchObject({ met: null });
      expect(rowOf(id, three).note).toContain('3 instances together');
      expect(rowOf(id, sample).met).toBe(true);
    }
  });

  it('extrapolates from the files and bytes that the rate is of, and says so: the warm-up is not among them', () => {
    const sample = sampleMeasurements();
    const warmed = {
      ...sample,
      load: { ...sample.load, files: sample.load.files + 4, rawBytes: sample.load.rawBytes * 2 },
    };
    for (const id of ['filesTotal', 'bytesTotal', 'pipelineTotal'])
      expect(rowOf(id, warmed).note).toBe(rowOf(id, sample).note);
    expect(rowOf('filesTotal', warmed).note).toContain(`${sample.latencyMs.lag.n} files here`);
  });

  it('tells of how many files a latency is: a file of which nobody knows when it was read has a lag alone', () => {
    const sample = sampleMeasurements();
    const { processing } = sample.latencyMs;
    const fewer = { ...sample, latencyMs: { ...sample.latencyMs, processing: { ...processing, n: 7 } } };
    expect(rowOf('processingLatency', fewer).note).toContain('of 7 files');
    expect(rowOf('lagSlo', fewer).note).toContain(`of ${sample.latencyMs.lag.n} files`);
  });

  it('marks as extrapolated what a short run cannot measure, and says how', () => {
    const extrapolated = compareWithDocumented(sampleMeasurements()).filter((row) => row.extrapolated);
    expect(extrapolated.map(({ id }) => id)).toEqual([
      'filesTotal',
      'bytesTotal',
      'pipelineTotal',
      'pipelineGrowth',
      'recentActivity',
      'recentChange',
    ]);
    expect(extrapolated.every(({ note }) => note !== null)).toBe(true);
    expect(rowOf('bytesTotal', sampleMeasurements()).note).toBe('230 MB here, this rate for 8.77 days, ±1%');
  });

  it('extrapolates the totals from the rate, not from the run', () => {
    const sample = sampleMeasurements();
    const atTheDocumentedRate = { ...sample, throughput: { ...sample.throughput, rawMBPerMin: 228 } };
    expect(rowOf('bytesTotal', atTheDocumentedRate).measured).toBeCloseTo(2.88);
    expect(rowOf('pipelineTotal', atTheDocumentedRate).measured).toBeCloseTo(513);
  });

  it('is not met at a limit that is missed: lag, its SLO, loss', () => {
    expect(rowOf('lag', withLag({ avg: 493 })).met).toBe(true);
    expect(rowOf('lag', withLag({ avg: 493.1 })).met).toBe(false);
    expect(rowOf('lagSlo', withLag({ max: 59_999 })).met).toBe(true);
    expect(rowOf('lagSlo', withLag({ max: 60_000 })).met).toBe(false);
    const sample = sampleMeasurements();
    expect(rowOf('loss', { ...sample, delivery: { ...sample.delivery, lostLines: 1 } }).met).toBe(false);
  });

  it('judges sizes in both directions', () => {
    const sample = sampleMeasurements();
    const withRaw = (rawBytes: number): Measurements => ({ ...sample, load: { ...sample.load, files: 1, rawBytes } });
    expect(
      [8_900_000, 9_000_000, 11_000_000, 11_100_000].map((bytes) => rowOf('fileSizeRaw', withRaw(bytes)).met),
    ).toEqual([false, true, true, false]);
  });

  it('needs every file to have the documented name', () => {
    const sample = sampleMeasurements();
    expect(rowOf('naming', { ...sample, load: { ...sample.load, keysNamed: sample.load.files - 1 } }).met).toBe(false);
  });

  it('judges nothing that was not measured', () => {
    const rows = compareWithDocumented(sampleInvalidResult()).filter(({ measured }) => measured === null);
    expect(rows.length).toBeGreaterThan(10);
    expect(rows.every(({ met, note }) => met === null && note === null)).toBe(true);
  });

  it('states how the documented numbers contradict each other, each in one line of the table', () => {
    expect(DOCUMENTED_CONTRADICTIONS.length).toBeGreaterThan(0);
    expect(DOCUMENTED_CONTRADICTIONS.every((line) => line.length <= 116)).toBe(true);
  });
});

describe('countDocumentedKeys', () => {
  it('counts partitions and names apart', () => {
    const keys = [
      '_weblog/feedname=Threat Team - Web/year=2025/month=10/day=12/1760305292_56442_130_1.gz',
      'year=2025/month=9/day=9/1760305292_56442_130_10',
      'year=2025/month=09/day=9/1760305292_56442_130_10.gz',
      'logs/1760305292_56442_130_1.gz',
      'year=2025/month=1/day=1/other.csv.gz',
    ];
    expect(countDocumentedKeys(keys)).toEqual({ keysPartitioned: 3, keysNamed: 4 });
  });
});
