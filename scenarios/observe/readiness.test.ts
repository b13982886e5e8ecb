import { describe, expect, it } from 'vitest';
import type { Readiness } from '../run/readiness-watch.ts';
import { greenAfterMs, redAfterMs, wasRed } from './readiness.ts';

const outage = { fromMs: 1_000, toMs: 9_000 };

function changesOf(...said: readonly (readonly [number, Readiness])[]) {
  return said.map(([atMs, readiness]) => ({ atMs, readiness }));
}

describe('readiness in an outage', () => {
  it('is red from its first such answer after the last green one, and green from the first after the end', () => {
    const changes = changesOf(
      [0, 'silent'],
      [200, 'ready'],
      [4_000, 'not ready'],
      [6_000, 'silent'],
      [11_000, 'ready'],
    );
    expect(redAfterMs(changes, outage)).toBe(3_000);
    expect(greenAfterMs(changes, outage, 20_000)).toBe(2_000);
  });

  it.each([
    ['stays green', changesOf([0, 'ready'])],
    ['does not stay red', changesOf([0, 'ready'], [2_000, 'not ready'], [5_000, 'ready'])],
    ['only falls silent', changesOf([0, 'ready'], [2_000, 'silent'])],
    ['is red only afterwards', changesOf([0, 'ready'], [9_500, 'not ready'])],
  ])('has taken the whole time to be red where it %s', (_, changes) => {
    expect(redAfterMs(changes, outage)).toBe(8_000);
  });

  it('is red without a cause also where it was so before and stayed it', () => {
    expect(wasRed(changesOf([0, 'ready'], [2_000, 'not ready'], [2_500, 'ready']), outage)).toBe(true);
    expect(wasRed(changesOf([0, 'ready'], [500, 'not ready'], [800, 'silent']), outage)).toBe(true);
    expect(wasRed(changesOf([0, 'not ready'], [500, 'ready'], [9_500, 'not ready']), outage)).toBe(false);
  });

  it('is not green again for as long as it stays red', () => {
    expect(greenAfterMs(changesOf([0, 'ready'], [2_000, 'not ready']), outage, 20_000)).toBe(11_000);
    expect(greenAfterMs(changesOf([0, 'ready']), outage, 20_000)).toBe(0);
  });
});
