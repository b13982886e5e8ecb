import { describe, expect, it } from 'vitest';
import { stopListener } from './stop-signals.ts';

describe('stopListener', () => {
  function heardAt(...moments: readonly number[]): readonly string[] {
    const heard: string[] = [];
    let nowMs = 0;
    const handlers = { inOrder: () => heard.push(`in order ${nowMs}`), atOnce: () => heard.push(`at once ${nowMs}`) };
    const listener = stopListener(handlers, () => nowMs);
    for (const moment of moments) {
      nowMs = moment;
      listener();
    }
    return heard;
  }

  it('takes a second signal of the same Ctrl-C for its copy', () => {
    expect(heardAt(1000, 1001, 1499)).toEqual(['in order 1000']);
  });

  it('takes a later one for impatience', () => {
    expect(heardAt(1000, 1002, 1800)).toEqual(['in order 1000', 'at once 1800']);
  });
});
