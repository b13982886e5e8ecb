import { describe, expect, it } from 'vitest';
import { noTotals } from './streamer-log.ts';
import { totalsOf } from './streamers.ts';

function streamer(accounts: number, listRequests: number) {
  const told = Array.from({ length: accounts }, (_, at) => ({ bytes: 0, atMs: at }));
  return { log: { accounts: told, totals: { ...noTotals, listRequests } } };
}

describe('totalsOf', () => {
  it('adds up what the streamers counted', () => {
    expect(totalsOf([streamer(1, 5), streamer(2, 7), streamer(0, 0)])?.listRequests).toBe(12);
  });

  // A 0 in their place would keep every limit on requests, and stand in the report as measured.
  it('is not known where none of them told its counts in words that are understood', () => {
    expect(totalsOf([streamer(0, 0), streamer(0, 0)])).toBeNull();
  });
});
