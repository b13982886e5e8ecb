import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { DAMAGE_KINDS, damageBody, damagePlace, goodLines, QUARANTINE_REASON, REFUSED_WORDS } from './damage.ts';

const lines = Array.from({ length: 200 }, (_, line) => `{"line":${line}}\n`);
const raw = Buffer.from(lines.join(''));
const gz = gzipSync(raw);

describe('damageBody', () => {
  it.each(['plain-text', 'several-members'] as const)('leaves all that can be read as it was: %s', (kind) => {
    const body = damageBody(kind, gz);
    expect(kind === 'plain-text' ? body : gunzipSync(body)).toEqual(raw);
    expect([QUARANTINE_REASON[kind], goodLines(kind, 200)]).toEqual([null, 200]);
  });

  it.each(['long-line', 'malformed-line', 'unprocessable-line'] as const)(
    'adds one line among the others: %s',
    (kind) => {
      const found = gunzipSync(damageBody(kind, gz))
        .toString('utf8')
        .split(/(?<=\n)/);
      const added = found.filter((line) => !lines.includes(line));
      expect(found.filter((line) => lines.includes(line))).toEqual(lines);
      expect(added).toHaveLength(1);
      if (kind !== 'long-line') expect(added[0]).toContain(REFUSED_WORDS[kind]);
    },
  );

  it.each(['cut-second-member', 'corrupt-second-member', 'trailing-garbage', 'wrong-checksum'] as const)(
    'makes a body that cannot be inflated to its end: %s',
    (kind) => {
      expect(() => gunzipSync(damageBody(kind, gz))).toThrow(/unexpected end|invalid block|incorrect/);
      expect(goodLines(kind, 200)).toBe(kind === 'wrong-checksum' ? 0 : 200);
    },
  );

  it.each(['long-line', 'malformed-line', 'unprocessable-line'] as const)('knows the place of the line: %s', (kind) => {
    const content = gunzipSync(damageBody(kind, gz)).toString('latin1');
    const place = damagePlace(kind, gz)!;
    const line = content.slice(place.start, place.end);
    expect(content.split('\n')[place.line!]).toBe(line.slice(0, -1));
    expect(lines).not.toContain(line);
  });

  it('knows what has no place of its own, and what has all of the object', () => {
    expect(damagePlace('wrong-checksum', gz)).toEqual({ start: 0, end: raw.length, line: null });
    expect(damagePlace('cut-second-member', gz)).toBeNull();
  });

  // A last line without its newline may go on in what is damaged: it was expected all the same, and counted as lost.
  it.each(['cut-second-member', 'corrupt-second-member', 'trailing-garbage'] as const)(
    'ends the last line before the damage: %s',
    (kind) => {
      const open = gzipSync(raw.subarray(0, -1));
      const body = damageBody(kind, open);
      const newline = gzipSync('\n');
      expect(body.subarray(open.length, open.length + newline.length)).toEqual(newline);
      expect(damageBody(kind, gz).subarray(gz.length)).toEqual(body.subarray(open.length + newline.length));
    },
  );

  it('makes a bomb of few bytes and hundreds of millions', () => {
    const body = damageBody('bomb', gz);
    expect(body.length).toBeLessThan(400_000);
    expect(gunzipSync(body).length).toBe(300_000_000);
    expect(goodLines('bomb', 200)).toBe(0);
  });

  it('knows what must become of each kind', () => {
    expect(Object.keys(QUARANTINE_REASON)).toEqual(DAMAGE_KINDS);
  });
});
