/** What stands between the streamer and S3 does wrong, as data. Most strike a request with probability `rate`, all of them where none is given. */
import * as z from 'zod';

const rate = z.number().min(0).max(1).default(1);
const operation = z.enum(['all', 'list', 'get']).default('all');

export const S3FaultSchema = z.discriminatedUnion('kind', [
  /** S3's answer to too many requests: 503 SlowDown. */
  z.strictObject({ kind: z.literal('slow-down'), rate, operation }),
  /** Answers SlowDown to what goes beyond so many requests a second, as S3 does with each prefix; a second's worth may come at once. */
  z.strictObject({ kind: z.literal('request-limit'), operation, perS: z.number().positive() }),
  /** S3's answer to a fault of its own: 500 InternalError. */
  z.strictObject({ kind: z.literal('internal-error'), rate, operation }),
  /** Cuts the connection (TCP reset) before an answer. */
  z.strictObject({ kind: z.literal('reset'), rate, operation }),
  /** Cuts the connection in the middle of the answer's body. */
  z.strictObject({ kind: z.literal('cut-body'), rate, operation }),
  z.strictObject({ kind: z.literal('latency'), rate, operation, ms: z.number().positive() }),
]);

export type S3FaultInput = z.input<typeof S3FaultSchema>;
export type S3Fault = Readonly<z.output<typeof S3FaultSchema>>;

export const S3ProxyReadySchema = z.object({ ready: z.literal(true), endpoint: z.string(), control: z.string() });
export const S3FaultListSchema = z.array(S3FaultSchema);
export const S3ProxyStatsSchema = z.object({
  requests: z.int(),
  lists: z.int(),
  gets: z.int(),
  /** GETs that S3 answered with an object. */
  objectsServed: z.int(),
  /** Requests that a fault struck. */
  strikes: z.int(),
});

export type S3ProxyStats = Readonly<z.infer<typeof S3ProxyStatsSchema>>;
