import { describe, expect, it } from 'vitest';
import { matchQuarantine } from './quarantine-match.ts';

const marker = '"id":';
const content = Buffer.from('{"id":0}\n\n,{"id":1}\n{"bad":1}\n{"id":2}\n');
const bad = { start: 20, end: 30, line: 3 };
const wanted = { key: 'k', reason: 'refused', answer: 'cannot parse', place: bad, content };
const found = { key: 'k', reason: 'refused', detail: 'answered 400: cannot parse', range: bad, firstLine: 3 };
const batch = { start: 10, end: 39 };
const inBatch = { ...found, range: batch, firstLine: 2, detail: `${found.detail} (record 1 of the range)` };

describe('matchQuarantine', () => {
  it.each([
    ['by its own range and line', found],
    ['by its place among the records of its batch', inBatch],
  ])('finds the line %s', (_, record) => {
    expect(content.subarray(bad.start, bad.end).toString()).toBe('{"bad":1}\n');
    expect(matchQuarantine([wanted], [record], marker)).toEqual({ missing: [], undeserved: [] });
  });

  it.each([
    ['another range', { ...found, range: { start: 9, end: 20 } }],
    ['another line', { ...found, firstLine: 2 }],
    ['all of the object', { ...found, range: null, firstLine: null }],
    ['a batch, and does not say which of its records', { ...inBatch, detail: found.detail }],
    ['another record of the batch', { ...inBatch, detail: `${found.detail} (record 0 of the range)` }],
    ['a batch that it is not in', { ...inBatch, range: { start: 30, end: 39 } }],
    ['another reason', { ...found, reason: 'line-too-long' }],
    ["words that are not the receiver's", { ...found, detail: 'answered 400' }],
  ])('is not satisfied by a record that names %s', (_, record) => {
    expect(matchQuarantine([wanted], [record], marker)).toEqual({ missing: [wanted], undeserved: [record] });
  });

  it('wants no place for the rest of an object', () => {
    const rest = { ...wanted, reason: 'gzip-bomb', answer: null, place: null };
    const record = { ...found, reason: 'gzip-bomb', range: null, firstLine: null };
    expect(matchQuarantine([rest], [record], marker).missing).toEqual([]);
    expect(matchQuarantine([rest], [{ ...record, range: bad }], marker).missing).toEqual([rest]);
  });

  it('takes one record for each damage, and no second one', () => {
    expect(matchQuarantine([wanted], [found, found], marker)).toEqual({ missing: [], undeserved: [found] });
  });
});
