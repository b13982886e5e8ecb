/** The metrics of the process itself, under the names that every exporter of Prometheus has. */

export const PROCESS_METRICS = {
  process_cpu_seconds_total: {
    kind: 'counter',
    unit: 's',
    labels: [],
    meaning: 'CPU time of the process, user and system.',
  },
  process_resident_memory_bytes: {
    kind: 'gauge',
    unit: 'By',
    labels: [],
    meaning: 'Resident memory of the process.',
  },
  process_start_time_seconds: {
    kind: 'gauge',
    unit: 's',
    labels: [],
    meaning: 'When the process started, Unix time.',
  },
} as const;
