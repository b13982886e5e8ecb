import { describe, expect, it } from 'vitest';
import { ReadGate } from './read-gate.ts';

describe('ReadGate', () => {
  it('flows again only when nobody holds it', () => {
    let isFlowing = true;
    const gate = new ReadGate({ pause: () => (isFlowing = false), resume: () => (isFlowing = true) });
    gate.hold('paused');
    gate.hold('slow');
    gate.hold('slow');
    gate.release('slow');
    expect(isFlowing).toBe(false);
    gate.release('paused');
    expect(isFlowing).toBe(true);
  });

  it('does not start a stream that nobody held', () => {
    let resumes = 0;
    const gate = new ReadGate({ pause: () => {}, resume: () => (resumes += 1) });
    gate.release('paused');
    expect(resumes).toBe(0);
  });
});
