import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { createRandom } from '../random.ts';
import { IDENTITY_DIGITS } from './record-kind.ts';
import { zscaler } from './zscaler.ts';

const Record = z.strictObject({
  sourcetype: z.literal('zscalernss-web'),
  event: z.record(z.string(), z.union([z.string(), z.number()])),
});

const writer = zscaler.createWriter(createRandom(1).fork('vocabulary'));
const target = Buffer.alloc(2 * writer.lineBytesMax);

function lines(objectIndex: number, count: number, seed = 1, timeS = 1_760_305_292): string[] {
  writer.startObject(objectIndex, createRandom(seed));
  return Array.from({ length: count }, (_, line) => {
    const end = writer.writeLine(target, 7, line, timeS + line);
    return target.toString('utf8', 7, end);
  });
}

describe('zscaler records', () => {
  it('are JSON in the original shape, one a line, with the identity at its place and nowhere else', () => {
    fc.assert(
      fc.property(fc.nat({ max: 999_999_999 }), fc.nat(), (objectIndex, seed) => {
        lines(objectIndex, 20, seed).forEach((text, line) => {
          const identity = String(objectIndex).padStart(9, '0') + String(line).padStart(9, '0');
          expect(Record.parse(JSON.parse(text)).event['recordid']).toBe(identity);
          expect(text.slice(zscaler.identityOffset, zscaler.identityOffset + 2 * IDENTITY_DIGITS)).toBe(identity);
          expect(text.split(zscaler.identityMarker)).toHaveLength(2);
          expect(text.slice(0, zscaler.identityOffset).endsWith(zscaler.identityMarker)).toBe(true);
          expect(text).not.toMatch(/[\r\n]/);
          expect(Buffer.byteLength(text)).toBeLessThanOrEqual(writer.lineBytesMax);
        });
      }),
    );
  });

  it('depend on object and seed alone, not on what the writer wrote before', () => {
    const first = lines(3, 50, 9);
    lines(4, 7, 10);
    expect(lines(3, 50, 9)).toEqual(first);
    expect(lines(3, 50, 8)).not.toEqual(first);
  });

  it('are dated with the time they are given', () => {
    const dates = lines(1, 3, 1, 1_760_313_598).map((text) => Record.parse(JSON.parse(text)).event['datetime']);
    expect(dates).toEqual(['2025-10-12 23:59:58', '2025-10-12 23:59:59', '2025-10-13 00:00:00']);
  });

  it('have the spread of a real feed: thousands of URLs, hundreds of users, a few verdicts', () => {
    const events = lines(1, 6_500).map((text) => Record.parse(JSON.parse(text)).event);
    const distinct = (field: string): number => new Set(events.map((event) => event[field])).size;
    expect(distinct('url')).toBeGreaterThan(6_000);
    expect(distinct('user')).toBeGreaterThan(100);
    expect(distinct('user')).toBeLessThan(1_200);
    expect(distinct('hostname')).toBeGreaterThan(100);
    expect(distinct('department')).toBe(12);
    expect(distinct('action')).toBe(2);
    const blocked = events.filter((event) => event['action'] === 'Blocked').length / events.length;
    expect(blocked).toBeGreaterThan(0.02);
    expect(blocked).toBeLessThan(0.08);
    for (const event of events) {
      expect(event['transactionsize']).toBe(Number(event['requestsize']) + Number(event['responsesize']));
    }
  });
});
