import { describe, expect, it } from 'vitest';
import { parseAmount, parseLever, parseSetting, parseSizes } from './options.ts';
import { parseFactor, parseRecovery } from './plan-request.ts';

describe('levers and settings', () => {
  it('are read as YAML reads them', () => {
    expect(parseLever('processing.scan_interval=250ms,1s')).toEqual({
      key: 'processing.scan_interval',
      values: ['250ms', '1s'],
    });
    expect(parseSetting('http.workers=20')).toMatchObject({ key: 'http.workers', value: 20 });
  });

  it.each(['http.workers', '=1,2', 'http.workers=', 'http.workers=10', 'http.workers=10,10'])('refuse %s', (text) => {
    expect(() => parseLever(text)).toThrow(/must|needs/);
  });

  it.each(['', '0', '-1', 'many'])('take no amount from %j', (text) => {
    expect(() => parseAmount(text)).toThrow('It must be a number above 0.');
  });
});

describe('numbers of instances', () => {
  it('are four ascending ones or more', () => {
    expect(parseSizes('1,2,4,8')).toEqual([1, 2, 4, 8]);
    for (const text of ['1,2,4', '1,2,2,4', '0,1,2,4', '1,2,x,4']) expect(() => parseSizes(text)).toThrow(/ascending/);
  });
});

describe('what a plan is asked for', () => {
  it('is said in words', () => {
    expect(parseRecovery('6h-outage-in-2h')).toEqual({ outageH: 6, withinH: 2 });
    expect(parseRecovery('1.5h-outage-in-0.5h')).toEqual({ outageH: 1.5, withinH: 0.5 });
    expect(parseFactor('3x')).toBe(3);
  });

  it.each(['6h', '6h-outage', '0h-outage-in-2h', '6h-outage-in-0h', 'h-outage-in-h'])('is not %s', (text) => {
    expect(parseRecovery(text)).toBeNull();
  });

  it.each(['0.5x', 'x', '-1', ''])('has no peak of %j', (text) => {
    expect(parseFactor(text)).toBeNull();
  });
});
