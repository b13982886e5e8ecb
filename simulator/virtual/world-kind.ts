/** `single`: one instance with a state of its own. `redis`: three that share state and work through Redis. */
export const WORLD_KINDS = ['single', 'redis'] as const;
export type WorldKind = (typeof WORLD_KINDS)[number];
