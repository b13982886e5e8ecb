import { describe, expect, it } from 'vitest';
import { stopListener } from './stop-signals.ts';

describe('stopListener', () => {
  function heardAt(...moments: readonly number[]): readonly string[] {
    const heard: string[] = [];
    let nowMs = 0;
    const listener = stopListener(
      { patiently: (signal) => heard.push(`${signal} ${nowMs}`), atOnce: () => heard.push(`at once ${nowMs}`) },
      () => nowMs,
    );
    for (const moment of moments) {
      nowMs = moment;
      listener('SIGINT');
    }
    return heard;
  }

  it('takes a second signal of the same Ctrl-C for its copy, which must not cut the stop short', () => {
    expect(heardAt(1000, 1001, 1499)).toEqual(['SIGINT 1000']);
  });

  it('takes a later one for impatience', () => {
    expect(heardAt(1000, 1002, 1800)).toEqual(['SIGINT 1000', 'at once 1800']);
  });
});
