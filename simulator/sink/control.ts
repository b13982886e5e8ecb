/**
 * The sink's control port: what the harness (or a user with curl) asks and orders. JSON in and out.
 * It shares the sink's event loop, so that what it reads belongs together; long answers are sent piece by piece.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import * as z from 'zod';
import type { Ledger } from '../ledger/ledger.ts';
import { HarnessError } from '../process/errors.ts';
import { FaultRequestSchema, JudgeRequestSchema, LoadRequestSchema } from './api.ts';
import { listen, portOf } from './listen.ts';
import type { Sink } from './sink.ts';

export interface Control {
  readonly url: string;
  close(): Promise<void>;
}

/** A mistake of the caller: the status and the message that tells the cure. */
class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

type Handler = (sink: Sink, request: IncomingMessage, response: ServerResponse) => unknown;

const requestBytesMax = 64 * 1024 * 1024;
const objectsPerPiece = 500;

/** By method and path. What a handler returns is sent as JSON; undefined when it has answered itself. */
const handlers: Readonly<Record<string, Handler>> = {
  'GET /': () => ({ routes: Object.keys(handlers) }),
  'GET /stats': (sink) => sink.stats(),
  // Cheap enough to be asked many times a second while a run goes on.
  'GET /totals': (sink) => ledgerOf(sink).totals(),
  'GET /ledger': (sink) => ledgerOf(sink).report(),
  'GET /objects': sendObjects,
  'GET /timeline': (sink) => sink.books.timeline.seconds(),
  'GET /pauses': (sink) => sink.books.timeline.pauses(),
  'GET /metrics': (sink) => sink.metrics?.latest() ?? [],
  'GET /fault': (sink) => sink.listFaults(),
  'POST /judge': async (sink, request) => {
    const { objects, ranges } = await readJson(request, JudgeRequestSchema);
    const single = objects.map(({ index }) => ({ firstIndex: index, lastIndex: index }));
    try {
      return ledgerOf(sink).judge([...single, ...ranges]);
    } catch (error) {
      if (error instanceof RangeError) throw new RequestError(400, error.message);
      throw error;
    }
  },
  'POST /load': async (sink, request) => {
    const { dir } = await readJson(request, LoadRequestSchema);
    try {
      return { objects: await sink.useLoad(dir) };
    } catch (error) {
      if (error instanceof HarnessError) throw new RequestError(400, error.message);
      throw error;
    }
  },
  'POST /fault': async (sink, request) => ({ ids: await sink.addFaults(await readJson(request, FaultRequestSchema)) }),
  'DELETE /fault': removeFaults,
  'POST /reset': async (sink) => {
    await sink.reset();
    return {};
  },
};

export async function serveControl(sink: Sink, host: string, port: number): Promise<Control> {
  const server = createServer((request, response) => void serve(sink, request, response));
  await listen(server, host, port);
  return { url: `http://${host}:${portOf(server)}`, close: async () => closeServer(server) };
}

async function serve(sink: Sink, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const route = `${request.method ?? ''} ${pathOf(request)}`;
    const handler = handlers[route];
    if (handler === undefined) throw new RequestError(404, `There is no ${route}. GET / lists what there is.`);
    const result = await handler(sink, request, response);
    if (result !== undefined) sendJson(response, 200, result);
  } catch (error) {
    // The caller has gone, in the middle of its request or of the answer.
    if (response.destroyed) return;
    // Whatever is not the caller's mistake is ours: then the sink must end, not guess.
    if (!(error instanceof RequestError)) throw error;
    sendJson(response, error.status, { error: error.message });
  }
}

function ledgerOf(sink: Sink): Ledger {
  const { ledger } = sink.books;
  if (ledger === null) {
    throw new RequestError(
      409,
      'The sink has no load to judge by. Start it with --load DIR, or POST /load {"dir": "DIR"} before the run.',
    );
  }
  return ledger;
}

async function removeFaults(sink: Sink, request: IncomingMessage): Promise<unknown> {
  const id = new URL(request.url ?? '/', 'http://sink').searchParams.get('id');
  if (id === null) await sink.clearFaults();
  else if (!(await sink.removeFault(Number(id))))
    throw new RequestError(404, `There is no active fault ${id}. GET /fault lists them.`);
  return {};
}

async function sendObjects(sink: Sink, _request: IncomingMessage, response: ServerResponse): Promise<undefined> {
  const lines = Readable.from(objectLines(ledgerOf(sink)));
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  await pipeline(lines, response);
}

async function* objectLines(ledger: Ledger): AsyncGenerator<string> {
  let piece: string[] = [];
  for (const account of ledger.objects()) {
    piece.push(`${JSON.stringify(account)}\n`);
    if (piece.length < objectsPerPiece) continue;
    yield piece.join('');
    piece = [];
    // Batches go first: the listing of a million objects must not hold them up.
    await nextTurn();
  }
  yield piece.join('');
}

async function readJson<T>(request: IncomingMessage, schema: z.ZodType<T>): Promise<T> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > requestBytesMax) throw new RequestError(413, `A request may have at most ${requestBytesMax} bytes.`);
    chunks.push(chunk);
  }
  let json: unknown;
  try {
    json = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch (error) {
    throw new RequestError(400, `The body is not JSON: ${error instanceof Error ? error.message : String(error)}.`);
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) throw new RequestError(400, z.prettifyError(parsed.error));
  return parsed.data;
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(`${JSON.stringify(value)}\n`);
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '/').split('?', 1)[0] ?? '/';
}

async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}
