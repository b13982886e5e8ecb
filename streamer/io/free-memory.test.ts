import { describe, expect, it } from 'vitest';
import { FREED_BYTES_MIN, freeMemory } from './free-memory.ts';

describe('freeMemory', () => {
  it('takes the memory from a buffer that has it for itself', () => {
    const buffer = Buffer.allocUnsafeSlow(FREED_BYTES_MIN);
    freeMemory(buffer);
    expect(buffer.length).toBe(0);
  });

  it('leaves a view alone: others read the same memory', () => {
    const whole = Buffer.allocUnsafeSlow(4 * FREED_BYTES_MIN);
    freeMemory(whole.subarray(FREED_BYTES_MIN));
    expect(whole.length).toBe(4 * FREED_BYTES_MIN);
  });

  it('leaves a small buffer alone: Node cuts those from a common one', () => {
    const small = Buffer.from('small');
    freeMemory(small);
    expect(small.toString()).toBe('small');
  });
});
