/**
 * HTTP/1.1 requests out of the bytes of a connection, one event at a time and only when asked, so that whoever asks may stop in between.
 * Bodies by Content-Length or chunked. It refuses what two parsers could read differently: both framings at once, folded
 * headers, lines without CR.
 * Invariant: the events do not depend on how the bytes were cut, but for the cuts between body events; body bytes are not copied.
 */

export interface RequestHead {
  readonly method: string;
  /** With its query. */
  readonly target: string;
  /** Names in lower case; the values of a repeated header joined by a comma. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Whether the connection may serve another request after this one. */
  readonly keepsAlive: boolean;
}

export type RequestEvent =
  | { readonly kind: 'head'; readonly head: RequestHead }
  | { readonly kind: 'body'; readonly bytes: Buffer }
  | { readonly kind: 'end' };

/** What the sender did wrong, with the status to answer. After it the connection is of no more use. */
export class MalformedRequest extends Error {
  override readonly name = 'MalformedRequest';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

type State =
  | { readonly at: 'head' }
  | { readonly at: 'sized-body'; readonly leftBytes: number }
  | { readonly at: 'chunk-size' }
  | { readonly at: 'chunk-data'; readonly leftBytes: number }
  | { readonly at: 'chunk-end' }
  | { readonly at: 'trailers' };

const headBytesMax = 64 * 1024;
const lineBytesMax = 16 * 1024;
const headEnd = '\r\n\r\n';
const lineEnd = '\r\n';
const end: RequestEvent = { kind: 'end' };
const nothing = Buffer.alloc(0);

export class RequestParser {
  #bytes: Buffer = nothing;
  #state: State = { at: 'head' };

  append(bytes: Buffer): void {
    this.#bytes = this.#bytes.length === 0 ? bytes : Buffer.concat([this.#bytes, bytes]);
  }

  /** Bytes that came and are in no event yet. */
  get waitingBytes(): number {
    return this.#bytes.length;
  }

  /** Null when more bytes are needed. Throws MalformedRequest. */
  next(): RequestEvent | null {
    for (;;) {
      const state = this.#state;
      switch (state.at) {
        case 'head':
          return this.#readHead();
        case 'sized-body':
          if (state.leftBytes === 0) return this.#end();
          return this.#readBody(state);
        case 'chunk-data':
          return this.#readBody(state);
        case 'chunk-size':
        case 'chunk-end':
        case 'trailers': {
          const line = this.#takeThrough(lineEnd, lineBytesMax);
          if (line === null) return null;
          if (state.at === 'trailers' && line === '') return this.#end();
          if (state.at === 'chunk-size') this.#state = afterChunkSize(line);
          if (state.at === 'chunk-end') this.#state = afterChunkEnd(line);
          break;
        }
      }
    }
  }

  #readHead(): RequestEvent | null {
    // Some senders end a body with an empty line too many; the standard says to pass over it.
    while (this.#bytes.length >= 2 && this.#bytes[0] === 0x0d && this.#bytes[1] === 0x0a) this.#take(2);
    const text = this.#takeThrough(headEnd, headBytesMax);
    if (text === null) return null;
    const { head, isChunked, bodyBytes } = parseHead(text);
    this.#state = isChunked ? { at: 'chunk-size' } : { at: 'sized-body', leftBytes: bodyBytes };
    return { kind: 'head', head };
  }

  #readBody({ at, leftBytes }: Extract<State, { leftBytes: number }>): RequestEvent | null {
    if (this.#bytes.length === 0) return null;
    const bytes = this.#take(Math.min(leftBytes, this.#bytes.length));
    const stillLeft = leftBytes - bytes.length;
    this.#state = at === 'chunk-data' && stillLeft === 0 ? { at: 'chunk-end' } : { at, leftBytes: stillLeft };
    return { kind: 'body', bytes };
  }

  #end(): RequestEvent {
    this.#state = { at: 'head' };
    return end;
  }

  /** The text before the mark, which is taken too. Null when the mark has not come yet. */
  #takeThrough(mark: string, bytesMax: number): string | null {
    const found = this.#bytes.indexOf(mark, 0, 'latin1');
    if ((found < 0 ? this.#bytes.length : found) > bytesMax) throw new MalformedRequest(431, 'too long a line or head');
    if (found < 0) return null;
    return this.#take(found + mark.length).toString('latin1', 0, found);
  }

  #take(count: number): Buffer {
    const bytes = this.#bytes;
    if (count === bytes.length) {
      this.#bytes = nothing;
      return bytes;
    }
    this.#bytes = bytes.subarray(count);
    return bytes.subarray(0, count);
  }
}

function parseHead(text: string): {
  readonly head: RequestHead;
  readonly isChunked: boolean;
  readonly bodyBytes: number;
} {
  const [requestLine = '', ...headerLines] = text.split(lineEnd);
  const [, method, target, minor] = /^([!#$%&'*+.^_`|~\w-]+) (\S+) HTTP\/1\.([01])$/.exec(requestLine) ?? [];
  if (method === undefined || target === undefined) throw new MalformedRequest(400, 'not an HTTP/1 request line');
  const headers = parseHeaders(headerLines);
  const connection = headers['connection']?.toLowerCase() ?? '';
  const keepsAlive = minor === '1' ? !connection.includes('close') : connection.includes('keep-alive');
  return { head: { method, target, headers, keepsAlive }, ...framingOf(headers) };
}

function parseHeaders(lines: readonly string[]): Readonly<Record<string, string | undefined>> {
  const headers: Record<string, string | undefined> = {};
  for (const line of lines) {
    const [, name, value] = /^([!#$%&'*+.^_`|~\w-]+):[ \t]*([^\r\n]*?)[ \t]*$/.exec(line) ?? [];
    if (name === undefined || value === undefined) throw new MalformedRequest(400, 'not a header line');
    const key = name.toLowerCase();
    const before = headers[key];
    headers[key] = before === undefined ? value : `${before}, ${value}`;
  }
  return headers;
}

function framingOf(headers: Readonly<Record<string, string | undefined>>): {
  readonly isChunked: boolean;
  readonly bodyBytes: number;
} {
  const length = headers['content-length'];
  const encoding = headers['transfer-encoding'];
  if (encoding !== undefined) {
    if (length !== undefined) throw new MalformedRequest(400, 'both Content-Length and Transfer-Encoding');
    if (encoding.toLowerCase() !== 'chunked') throw new MalformedRequest(501, 'a transfer encoding other than chunked');
    return { isChunked: true, bodyBytes: 0 };
  }
  if (length === undefined) return { isChunked: false, bodyBytes: 0 };
  const bodyBytes = Number(length);
  // Two different lengths, joined by a comma, end here too.
  if (!/^\d+$/.test(length) || !Number.isSafeInteger(bodyBytes))
    throw new MalformedRequest(400, 'not a Content-Length');
  return { isChunked: false, bodyBytes };
}

/** Eight digits are 4 GB: no sender has so large a chunk. */
function afterChunkSize(line: string): State {
  const [, digits] = /^([\da-f]{1,8})[ \t]*(?:;.*)?$/i.exec(line) ?? [];
  if (digits === undefined) throw new MalformedRequest(400, 'not a chunk size');
  const leftBytes = Number.parseInt(digits, 16);
  return leftBytes === 0 ? { at: 'trailers' } : { at: 'chunk-data', leftBytes };
}

function afterChunkEnd(line: string): State {
  if (line !== '') throw new MalformedRequest(400, 'a chunk longer than its size');
  return { at: 'chunk-size' };
}
