/**
 * What a network does wrong, as data: the words of toxiproxy where they fit. Each holds for one link (the way from one client to one server) or several, for
 * the share `rate` of their connections, and for one direction or both: `upstream` is from the client to the server.
 */
import * as z from 'zod';

const ofConnection = {
  direction: z.enum(['upstream', 'downstream', 'both']).default('both'),
  /** Probability that a connection is one of those that it strikes. */
  rate: z.number().min(0).max(1).default(1),
};

export const NetworkFaultSchema = z.discriminatedUnion('kind', [
  /** Everything arrives so much later, give or take the jitter, and in its order. */
  z.strictObject({
    kind: z.literal('latency'),
    ...ofConnection,
    ms: z.number().nonnegative(),
    jitterMs: z.number().nonnegative().default(0),
  }),
  /** No more than this a second, on each connection and in each direction. */
  z.strictObject({ kind: z.literal('bandwidth'), ...ofConnection, bytesPerS: z.number().positive() }),
  /** A TCP reset at both ends: at once, or when so many bytes have passed in the direction. */
  z.strictObject({ kind: z.literal('reset'), ...ofConnection, afterBytes: z.int().nonnegative().default(0) }),
  /**
   * Connections stay open, and nothing passes, their ends neither. When it is over they go on, with what was under way, as after a cable was unplugged for a
   * while; or they are `forgotten`, as by a firewall that lost their state: nothing ever passes on those that there were, and only new ones work.
   */
  z.strictObject({
    kind: z.literal('black-hole'),
    ...ofConnection,
    afterwards: z.enum(['goes-on', 'forgotten']).default('goes-on'),
  }),
  /** That an end has closed a connection arrives so much later. */
  z.strictObject({ kind: z.literal('slow-close'), ...ofConnection, ms: z.number().positive() }),
  /** Open connections are cut, and new ones refused. */
  z.strictObject({ kind: z.literal('refuse') }),
]);

export type NetworkFaultInput = z.input<typeof NetworkFaultSchema>;
export type NetworkFault = Readonly<z.output<typeof NetworkFaultSchema>>;
export type FaultKind = NetworkFault['kind'];
export type FaultOf<K extends FaultKind> = Extract<NetworkFault, { kind: K }>;
export type Direction = 'upstream' | 'downstream';

export const LinkListSchema = z.array(z.strictObject({ name: z.string(), host: z.string(), port: z.int().positive() }));
export const TcpProxyReadySchema = z.object({
  ready: z.literal(true),
  control: z.string(),
  /** Where each link's clients connect, in the order in which they were asked for. */
  ports: z.array(z.int()),
});
export const AddFaultsSchema = z.strictObject({
  links: z.array(z.string()).min(1),
  faults: z.array(NetworkFaultSchema),
});
/** In the order in which the faults were given. */
export const FaultIdsSchema = z.array(z.int());
/** Of a fault, how many connections it has met. */
export const StrikesSchema = z.array(z.int());
export const LinkStatsSchema = z.array(
  z.object({
    name: z.string(),
    /** Since the start. */
    connections: z.int(),
    /**
     * Connections that a fault met, and whose client gave them up, or lost them, when the server had got something since it last was heard: whether it did
     * what it was asked for nobody knows.
     */
    unanswered: z.int(),
  }),
);

export type Link = Readonly<z.infer<typeof LinkListSchema>[number]>;
export type LinkStats = Readonly<z.infer<typeof LinkStatsSchema>[number]>;
