/**
 * Passes requests on to an S3, unless a fault strikes. Requests go through as they came, with their Host, so that their signatures stay valid.
 * Where the run has another time than the machine, it tells by that when objects were modified. The Date of an answer stays: clients sign by it.
 */
import {
  createServer,
  type IncomingMessage,
  request as send,
  Agent,
  type Server,
  type ServerResponse,
} from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SeededRandom } from '../random.ts';
import { Allowance } from './allowance.ts';
import type { S3Fault, S3ProxyStats } from './faults.ts';

const errorXml = (code: string, message: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message><RequestId>proxy</RequestId></Error>`;

type Operation = Exclude<S3Fault['operation'], 'all'> | 'other';

export class S3Proxy {
  readonly #target: URL;
  readonly #random: SeededRandom;
  readonly #aheadMs: number;
  readonly #agent = new Agent({ keepAlive: true });
  readonly server: Server;
  #faults: readonly S3Fault[] = [];
  /** Of each request limit. */
  #allowances = new Map<S3Fault, Allowance>();
  readonly #stats = { requests: 0, lists: 0, gets: 0, objectsServed: 0, strikes: 0 };

  /** `aheadMs`: by how much what it says of objects is ahead of the S3's clock; 0 for not at all. */
  constructor(target: string, random: SeededRandom, aheadMs: number) {
    this.#target = new URL(target);
    this.#random = random;
    this.#aheadMs = aheadMs;
    this.server = createServer((request, response) => void this.#serve(request, response));
  }

  get stats(): S3ProxyStats {
    return { ...this.#stats };
  }

  /** In place of those before. */
  useFaults(faults: readonly S3Fault[]): void {
    this.#faults = faults;
    this.#allowances = new Map();
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
    this.#agent.destroy();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const operation = operationOf(request);
    this.#stats.requests += 1;
    if (operation === 'list') this.#stats.lists += 1;
    if (operation === 'get') this.#stats.gets += 1;
    const struck = this.#faults.filter((fault) => this.#strikes(fault, operation));
    if (struck.length > 0) this.#stats.strikes += 1;
    for (const fault of struck) if (fault.kind === 'latency') await sleep(fault.ms);
    const ending = struck.find(({ kind }) => kind !== 'latency');
    switch (ending?.kind) {
      case 'slow-down':
      case 'request-limit':
        refuse(request, response, 503, errorXml('SlowDown', 'Please reduce your request rate.'));
        return;
      case 'internal-error':
        refuse(
          request,
          response,
          500,
          errorXml('InternalError', 'We encountered an internal error. Please try again.'),
        );
        return;
      case 'reset':
        request.socket.resetAndDestroy();
        return;
      case 'cut-body':
      case 'latency':
      case undefined:
        this.#pass(request, response, { operation, isCut: ending?.kind === 'cut-body' });
    }
  }

  #strikes(fault: S3Fault, operation: Operation): boolean {
    if (fault.operation !== 'all' && fault.operation !== operation) return false;
    switch (fault.kind) {
      case 'request-limit':
        return !this.#allowanceOf(fault, fault.perS).take(performance.now());
      case 'latency':
      case 'slow-down':
      case 'internal-error':
      case 'reset':
      case 'cut-body':
        return this.#random.chance(fault.rate);
    }
  }

  #allowanceOf(fault: S3Fault, perS: number): Allowance {
    const known = this.#allowances.get(fault);
    if (known !== undefined) return known;
    const allowance = new Allowance(perS);
    this.#allowances.set(fault, allowance);
    return allowance;
  }

  #pass(
    request: IncomingMessage,
    response: ServerResponse,
    { operation, isCut }: { readonly operation: Operation; readonly isCut: boolean },
  ): void {
    const { hostname, port } = this.#target;
    const { method, url, headers } = request;
    const onward = send({ hostname, port, method, path: url, headers, agent: this.#agent }, (answer) => {
      if (operation === 'list' && !isCut && this.#aheadMs !== 0) {
        this.#passList(answer, response).catch(() => request.socket.destroy());
        return;
      }
      if (operation === 'get' && answer.statusCode === 200) this.#stats.objectsServed += 1;
      response.writeHead(answer.statusCode ?? 502, this.#withTime(answer.headers));
      if (isCut) answer.once('data', () => setImmediate(() => request.socket.resetAndDestroy()));
      answer.pipe(response);
      answer.on('error', () => request.socket.destroy());
    });
    // Either end may go away; the other then learns of it by its connection.
    onward.on('error', () => request.socket.destroy());
    response.on('close', () => onward.destroy());
    request.pipe(onward);
  }

  async #passList(answer: IncomingMessage, response: ServerResponse): Promise<void> {
    const xml = (await text(answer)).replaceAll(/(?<=<LastModified>)[^<]+/g, (moment) =>
      new Date(Date.parse(moment) + this.#aheadMs).toISOString(),
    );
    const { 'transfer-encoding': _chunks, ...headers } = answer.headers;
    response.writeHead(answer.statusCode ?? 502, { ...headers, 'content-length': Buffer.byteLength(xml) });
    response.end(xml);
  }

  #withTime(headers: IncomingMessage['headers']): IncomingMessage['headers'] {
    const modified = headers['last-modified'];
    if (modified === undefined || this.#aheadMs === 0) return headers;
    return { ...headers, 'last-modified': new Date(Date.parse(modified) + this.#aheadMs).toUTCString() };
  }
}

function refuse(request: IncomingMessage, response: ServerResponse, status: number, xml: string): void {
  request.resume();
  response.writeHead(status, { 'content-type': 'application/xml', 'content-length': Buffer.byteLength(xml) });
  response.end(xml);
}

function operationOf({ method, url = '' }: IncomingMessage): Operation {
  if (method !== 'GET') return 'other';
  return url.includes('list-type=2') ? 'list' : 'get';
}
