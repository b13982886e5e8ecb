/** A collector of OTLP/gRPC metrics, for tests and for the mock EdgeDelta: gRPC over HTTP/2 as it is on the wire, and the few messages of the protocol that metrics consist of. */
import { createSecureServer, createServer, type Http2SecureServer, type Http2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

interface ReceivedPoint {
  readonly labels: Readonly<Record<string, string>>;
  /** Of a histogram: its count. */
  readonly value: number;
  readonly bounds: readonly number[];
}

interface ReceivedMetric {
  readonly kind: 'counter' | 'gauge' | 'histogram' | 'other';
  readonly unit: string;
  readonly description: string;
  readonly isCumulative: boolean;
  readonly points: readonly ReceivedPoint[];
}

export interface Received {
  readonly resource: Readonly<Record<string, string>>;
  readonly metrics: ReadonlyMap<string, ReceivedMetric>;
}

const EXPORT = '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export';
const CUMULATIVE = 2;
const FRAME_HEAD_BYTES = 5;
const EXPORTS_MAX = 1_000;

export class OtlpReceiver {
  readonly #server: Http2Server | Http2SecureServer;
  /** The latest ones, of all senders. */
  readonly exports: Received[] = [];
  /** The last of each sender, by its `service.instance.id`. */
  readonly latest = new Map<string, Received>();

  private constructor(server: Http2Server | Http2SecureServer) {
    this.#server = server;
    server.on('stream', (stream, headers) => {
      const pieces: Buffer[] = [];
      stream.on('error', () => undefined);
      stream.on('data', (piece: Buffer) => pieces.push(piece));
      stream.on('end', () => {
        if (headers[':path'] !== EXPORT) {
          stream.respond(
            { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '12' },
            { endStream: true },
          );
          return;
        }
        this.#take(readRequest(unframe(Buffer.concat(pieces))));
        stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
        stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
        // An empty message says that everything was taken.
        stream.end(Buffer.alloc(FRAME_HEAD_BYTES));
      });
    });
  }

  /** `tls`: as PEM. */
  static async start(tls?: { readonly key: string; readonly cert: string }): Promise<OtlpReceiver> {
    const server = tls === undefined ? createServer() : createSecureServer(tls);
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    return new OtlpReceiver(server);
  }

  /** host:port */
  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.close();
  }

  #take(received: Received): void {
    this.exports.push(received);
    if (this.exports.length > EXPORTS_MAX) this.exports.shift();
    this.latest.set(received.resource['service.instance.id'] ?? '', received);
  }
}

/** A gRPC message: a byte that tells whether it is compressed, and its length. */
function unframe(frame: Buffer): Uint8Array {
  const body = frame.subarray(FRAME_HEAD_BYTES, FRAME_HEAD_BYTES + frame.readUInt32BE(1));
  return frame[0] === 1 ? gunzipSync(body) : body;
}

/** Fields of a protobuf message by number: numbers, and bytes for texts and inner messages. */
type Fields = ReadonlyMap<number, readonly (number | Uint8Array)[]>;

function readFields(message: Uint8Array): Fields {
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  const fields = new Map<number, (number | Uint8Array)[]>();
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = view.getUint8(at++);
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    const tag = varint();
    const type = tag % 8;
    const number = (tag - type) / 8;
    const values = fields.get(number) ?? [];
    fields.set(number, values);
    if (type === 0) values.push(varint());
    else if (type === 1) {
      values.push(message.subarray(at, at + 8));
      at += 8;
    } else if (type === 2) {
      const bytes = varint();
      values.push(message.subarray(at, at + bytes));
      at += bytes;
    } else throw new TypeError(`protobuf wire type ${type}`);
  }
  return fields;
}

function readRequest(message: Uint8Array): Received {
  const [resourceMetrics = empty] = messagesAt(readFields(message), 1);
  const [resource = empty] = messagesAt(resourceMetrics, 1);
  const metrics = messagesAt(resourceMetrics, 2).flatMap((scope) => messagesAt(scope, 2));
  return {
    resource: labelsAt(resource, 1),
    metrics: new Map(metrics.map((metric) => [textAt(metric, 1), readMetric(metric)])),
  };
}

function readMetric(metric: Fields): ReceivedMetric {
  const about = { description: textAt(metric, 2), unit: textAt(metric, 3) };
  const [gauge] = messagesAt(metric, 5);
  if (gauge !== undefined)
    return { ...about, kind: 'gauge', isCumulative: true, points: messagesAt(gauge, 1).map(readNumber) };
  const [sum] = messagesAt(metric, 7);
  if (sum !== undefined) {
    const kind = numberAt(sum, 3) === 1 ? 'counter' : 'other';
    return {
      ...about,
      kind,
      isCumulative: numberAt(sum, 2) === CUMULATIVE,
      points: messagesAt(sum, 1).map(readNumber),
    };
  }
  const [histogram = empty] = messagesAt(metric, 9);
  return {
    ...about,
    kind: histogram === empty ? 'other' : 'histogram',
    isCumulative: numberAt(histogram, 2) === CUMULATIVE,
    points: messagesAt(histogram, 1).map((point) => ({
      labels: labelsAt(point, 9),
      value: integerOf(bytesAt(point, 4)),
      bounds: doublesOf(bytesAt(point, 7)),
    })),
  };
}

function readNumber(point: Fields): ReceivedPoint {
  const integer = point.get(6)?.[0];
  const value = integer instanceof Uint8Array ? integerOf(integer) : (doublesOf(bytesAt(point, 4))[0] ?? 0);
  return { labels: labelsAt(point, 7), value, bounds: [] };
}

const empty: Fields = new Map();

function bytesAt(fields: Fields, number: number): Uint8Array {
  const value = fields.get(number)?.[0];
  return value instanceof Uint8Array ? value : new Uint8Array();
}

function messagesAt(fields: Fields, number: number): readonly Fields[] {
  return (fields.get(number) ?? []).flatMap((value) => (value instanceof Uint8Array ? [readFields(value)] : []));
}

function textAt(fields: Fields, number: number): string {
  return new TextDecoder().decode(bytesAt(fields, number));
}

function numberAt(fields: Fields, number: number): number {
  const value = fields.get(number)?.[0];
  return typeof value === 'number' ? value : 0;
}

/** `KeyValue` with texts as values. */
function labelsAt(fields: Fields, number: number): Readonly<Record<string, string>> {
  return Object.fromEntries(
    messagesAt(fields, number).map((pair) => [textAt(pair, 1), textAt(messagesAt(pair, 2)[0] ?? empty, 1)]),
  );
}

function integerOf(bytes: Uint8Array): number {
  return bytes.length < 8 ? 0 : Number(new DataView(bytes.buffer, bytes.byteOffset).getBigInt64(0, true));
}

function doublesOf(bytes: Uint8Array): readonly number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: Math.floor(bytes.length / 8) }, (_, index) => view.getFloat64(index * 8, true));
}
