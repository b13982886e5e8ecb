import { describe, expect, it } from 'vitest';
import { joinOutcomes } from './outcomes.ts';
import { sampleUpload } from './sample-upload.ts';

const upload = sampleUpload(7, 1_000_400);
const completed = {
  msg: 'object completed' as const,
  key: upload.key,
  listedMs: 1_000_500,
  getIssuedMs: 1_000_510,
  inflatedMs: 1_000_530,
  batchClosedMs: 1_000_540,
  firstSentMs: 1_000_541,
  acknowledgedMs: 1_000_550,
  lines: 5,
};

function join(options: { delayWindowMs?: number; settledMs?: number | null; hasLog?: boolean }) {
  const [outcome] = joinOutcomes({
    uploads: [upload],
    delayWindowMs: options.delayWindowMs ?? 0,
    settledMs: new Map([[7, options.settledMs === undefined ? 1_000_549 : options.settledMs]]),
    completed: new Map(options.hasLog === false ? [] : [[upload.key, completed]]),
  });
  if (outcome === undefined) throw new Error('no outcome');
  return outcome;
}

describe('joinOutcomes', () => {
  it('counts lag from the intended time, not from the upload', () => {
    expect(join({}).settled?.lagMs).toBe(150);
  });

  it('counts lag from the end of the delay window where that is later', () => {
    const outcome = join({ delayWindowMs: 500 });
    expect(outcome.eligibleMs).toBe(1_000_500);
    expect(outcome.settled?.lagMs).toBe(50);
  });

  it('takes the later of what sink and streamer say, so that neither can flatter', () => {
    expect(join({ settledMs: 1_000_560 }).settled?.settledMs).toBe(1_000_560);
    expect(join({ settledMs: 1_000_200 }).settled?.settledMs).toBe(1_000_550);
  });

  it('does not believe a log that says complete when the sink misses a line', () => {
    expect(join({ settledMs: null }).settled).toBeNull();
  });

  it('knows lag without the log, but not what happened inside', () => {
    expect(join({ hasLog: false }).settled).toMatchObject({ lagMs: 149, processingMs: null, boundaries: null });
  });
});
