import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MalformedRequest, type RequestEvent, RequestParser } from './request-parser.ts';

/** All events of some bytes, cut into pieces of these sizes (over and over); the bytes of a body joined. */
function parse(text: string | Buffer, cuts: readonly number[] = [1_000_000]): readonly RequestEvent[] {
  const bytes = Buffer.from(text);
  const parser = new RequestParser();
  const events: RequestEvent[] = [];
  for (let start = 0, turn = 0; start < bytes.length; turn += 1) {
    const stop = start + (cuts[turn % cuts.length] ?? 1);
    parser.append(bytes.subarray(start, stop));
    start = stop;
    for (let event = parser.next(); event !== null; event = parser.next()) {
      const last = events.at(-1);
      if (event.kind === 'body' && last?.kind === 'body') {
        events[events.length - 1] = { kind: 'body', bytes: Buffer.concat([last.bytes, event.bytes]) };
      } else events.push(event);
    }
  }
  return events;
}

function statusOf(text: string): number | null {
  try {
    parse(text);
    return null;
  } catch (error) {
    if (error instanceof MalformedRequest) return error.status;
    throw error;
  }
}

function keepsAlive(version: string, header: string): boolean {
  return parse(`GET / HTTP/${version}\r\n${header}\r\n`).some(
    (event) => event.kind === 'head' && event.head.keepsAlive,
  );
}

const body = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));
const cuts = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 5 });

/** A body in chunks of these sizes, with an extension here and there, and perhaps a trailer. */
function chunked(bytes: Buffer, sizes: readonly number[], trailer: string): Buffer {
  const parts: Buffer[] = [];
  for (let start = 0, turn = 0; start < bytes.length; turn += 1) {
    const piece = bytes.subarray(start, start + (sizes[turn % sizes.length] ?? 1));
    parts.push(
      Buffer.from(`${piece.length.toString(16)}${turn % 2 === 0 ? '' : ';x=y'}\r\n`),
      piece,
      Buffer.from('\r\n'),
    );
    start += piece.length;
  }
  return Buffer.concat([...parts, Buffer.from(`0\r\n${trailer}\r\n`)]);
}

describe('RequestParser', () => {
  it('reads the same requests, whatever the cuts, one after the other on a connection', () => {
    const request = fc.record({
      body,
      sizes: fc.option(cuts),
      trailer: fc.constantFrom('', 'x-sum: 1\r\nx-more: 2\r\n'),
    });
    fc.assert(
      fc.property(fc.array(request, { minLength: 1, maxLength: 4 }), cuts, (requests, pieces) => {
        const wire = requests.map((each) =>
          each.sizes === null
            ? Buffer.concat([Buffer.from(`POST /a HTTP/1.1\r\nContent-Length: ${each.body.length}\r\n\r\n`), each.body])
            : Buffer.concat([
                Buffer.from('POST /a HTTP/1.1\r\nTransfer-Encoding: Chunked\r\n\r\n'),
                chunked(each.body, each.sizes, each.trailer),
              ]),
        );
        const expected = requests.flatMap((each) => [
          'head',
          ...(each.body.length === 0 ? [] : [each.body.toString('hex')]),
          'end',
        ]);
        const events = parse(Buffer.concat(wire), pieces);
        expect(events.map((event) => (event.kind === 'body' ? event.bytes.toString('hex') : event.kind))).toEqual(
          expected,
        );
      }),
    );
  });

  it('reads the head', () => {
    const text = 'POST /logs?x=1 HTTP/1.1\r\nHost: a:1\r\nX-Two: 1 \r\nx-two:\t2\r\nEmpty:\r\n\r\n';
    expect(parse(text)).toEqual([
      {
        kind: 'head',
        head: {
          method: 'POST',
          target: '/logs?x=1',
          headers: { host: 'a:1', 'x-two': '1, 2', empty: '' },
          keepsAlive: true,
        },
      },
      { kind: 'end' },
    ]);
  });

  it('knows whether the connection goes on', () => {
    expect(keepsAlive('1.1', '')).toBe(true);
    expect(keepsAlive('1.1', 'Connection: Close\r\n')).toBe(false);
    expect(keepsAlive('1.0', '')).toBe(false);
    expect(keepsAlive('1.0', 'Connection: keep-alive\r\n')).toBe(true);
  });

  it('passes over empty lines between requests', () => {
    expect(parse('GET / HTTP/1.1\r\n\r\n\r\n\r\nGET / HTTP/1.1\r\n\r\n').map((event) => event.kind)).toEqual([
      'head',
      'end',
      'head',
      'end',
    ]);
  });

  it.each([
    ['no request line', 'hello\r\n\r\n', 400],
    ['another protocol', 'PRI * HTTP/2.0\r\n\r\n', 400],
    ['a line without name', 'GET / HTTP/1.1\r\n: x\r\n\r\n', 400],
    ['a folded header', 'GET / HTTP/1.1\r\na: b\r\n c\r\n\r\n', 400],
    ['a space before the colon', 'GET / HTTP/1.1\r\nContent-Length : 1\r\n\r\n', 400],
    ['a line that ends in a bare newline', 'GET / HTTP/1.1\r\na: b\nc: d\r\n\r\n', 400],
    ['both framings', 'POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n', 400],
    ['two lengths', 'POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', 400],
    ['a length that is none', 'POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n', 400],
    ['another transfer encoding', 'POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n', 501],
    ['a chunk size that is none', 'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n', 400],
    ['a chunk longer than its size', 'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n', 400],
    ['an endless head', `GET / HTTP/1.1\r\na: ${'x'.repeat(70_000)}`, 431],
    ['an endless chunk line', `POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1;${'x'.repeat(20_000)}`, 431],
  ])('refuses %s', (_what, text, status) => {
    expect(statusOf(text)).toBe(status);
  });

  it('does not copy the bytes of a body', () => {
    const parser = new RequestParser();
    parser.append(Buffer.from('POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\n'));
    parser.next();
    const bytes = Buffer.from('abcd');
    parser.append(bytes);
    expect(parser.next()).toEqual({ kind: 'body', bytes });
    parser.append(Buffer.from('GET'));
    expect(parser.next()).toEqual({ kind: 'end' });
    expect(parser.waitingBytes).toBe(3);
  });
});
