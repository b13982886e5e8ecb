import { describe, expect, it } from 'vitest';
import { contentOf, findLine } from './content.ts';
import { CONTENT_KINDS, type ContentKind, kindOfContent, LINE_BYTES_MAX, rangeOfKind } from './content-kinds.ts';
import { syncInflate } from './sync-inflate.ts';

const kinds = Object.keys(CONTENT_KINDS).filter((kind): kind is ContentKind => kind in CONTENT_KINDS);

async function* inPieces(stored: Uint8Array): AsyncIterable<Uint8Array> {
  // As long as a gzip trailer, and cut from the end: good content never stands in one piece with what is wrong behind it.
  for (let end = stored.length % 8; end <= stored.length; end += 8) yield stored.subarray(Math.max(0, end - 8), end);
}

async function rawOf(stored: Uint8Array): Promise<Buffer> {
  const out: Buffer[] = [];
  try {
    for await (const piece of syncInflate.stream(inPieces(stored), new AbortController().signal))
      out.push(Buffer.from(piece));
  } catch {
    // Damaged: what came before is what there is.
  }
  return Buffer.concat(out);
}

describe('the contents of the virtual world', () => {
  it.each(kinds)('of kind %s hold their lines where they say, and no two the same', async (kind) => {
    const { firstId } = rangeOfKind(kind);
    for (const id of [firstId, firstId + 1, firstId + 2]) {
      const content = contentOf(id);
      expect(kindOfContent(id)).toBe(kind);
      const raw = await rawOf(content.stored);
      for (const [index, { start, end, text, fate }] of content.lines.entries()) {
        expect(raw.toString('latin1', start, end)).toContain(text);
        expect(findLine(text)).toEqual({ contentId: id, line: index });
        expect(fate === 'too-long').toBe(text.length > LINE_BYTES_MAX);
      }
    }
  });

  it('are the same each time, and differ from each other', () => {
    expect(contentOf(3)).toBe(contentOf(3));
    expect(contentOf(3).etag).not.toBe(contentOf(4).etag);
  });

  it('are streamed where they are said to be big', () => {
    const { firstId } = rangeOfKind('big');
    expect(contentOf(firstId).rawBytes).toBeGreaterThan(150_000);
  });

  it('know no line that was changed by a byte', () => {
    const [line] = contentOf(rangeOfKind('small').firstId).lines;
    expect(findLine(`${line?.text ?? ''} `)).toBeNull();
  });
});
