/** The metrics of state and work that several instances share. Without `state.redis` they are there as well, and say so: this instance lists, and holds no claim. */

export const SHARING_METRICS = {
  redis_commands_total: {
    kind: 'counter',
    unit: '{command}',
    labels: [],
    meaning: 'Commands sent to Redis; a script is one. 0 where the state is a file.',
  },
  redis_commands_per_gigabyte: {
    kind: 'gauge',
    unit: '{command}/GBy',
    labels: [],
    meaning:
      'Commands sent to Redis for each GB (10^9 bytes) of acknowledged batches, since the start. `state.save_interval` is what lowers it.',
  },
  claims_held: {
    kind: 'gauge',
    unit: '{object}',
    labels: [],
    meaning: 'Objects that this instance holds of those that are shared.',
  },
  claims_lost_total: {
    kind: 'counter',
    unit: '{object}',
    labels: [],
    meaning: 'Objects that this instance held and must not go on with: others have them, or its lease had ended.',
  },
  objects_taken_over_total: {
    kind: 'counter',
    unit: '{object}',
    labels: [],
    meaning: 'Objects of dead instances that this one put back for all.',
  },
  lease_failures_total: {
    kind: 'counter',
    unit: '{error}',
    labels: [],
    meaning: 'Renewals and claims that Redis did not answer as they should be.',
  },
  streamer_is_lister: {
    kind: 'gauge',
    unit: '1',
    labels: [],
    meaning: '1 while this instance lists for all, else 0. Of the instances that share their work one lists at a time.',
  },
} as const;
