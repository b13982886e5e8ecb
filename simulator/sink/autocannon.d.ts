/** What we use of autocannon, which ships no types. */
declare module 'autocannon' {
  export interface Request {
    readonly method: 'GET' | 'POST';
    readonly path?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: Buffer;
  }

  export interface Options {
    /** Connections are spread over all of them. */
    readonly url: string | readonly string[];
    readonly connections: number;
    /** Seconds. */
    readonly duration: number;
    /** Each connection sends them in turn, over and over. */
    readonly requests: readonly Request[];
    /** Requests a second over all connections. */
    readonly overallRate?: number;
  }

  export interface Result {
    readonly '2xx': number;
    readonly non2xx: number;
    /** With time-outs. */
    readonly errors: number;
    readonly timeouts: number;
    /** Milliseconds. */
    readonly latency: { readonly p50: number; readonly p99: number };
  }

  /** A promise that can be asked to end early. */
  export interface Instance extends Promise<Result> {
    stop(): void;
  }

  export default function autocannon(options: Options): Instance;
}
