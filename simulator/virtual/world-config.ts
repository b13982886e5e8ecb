/** The streamer's configuration in one world: the shipped defaults, and over them what the plan settles. */
import { type Config, parseConfig } from '#streamer';
import { LINE_BYTES_MAX } from './content-kinds.ts';
import { SOURCES, type WorldSettings } from './plan.ts';

const DEFAULTS = parseConfig(
  `s3: { region: eu-central-1, sources: ${JSON.stringify(SOURCES)} }\nhttp: { endpoints: ['http://agent.example:8080'] }\n`,
  {},
  'the virtual world',
).config;

/** Not through YAML: a world is smaller than what the configuration lets a user ask for. */
export function configOf(settings: WorldSettings): Config {
  return {
    ...DEFAULTS,
    http: {
      ...DEFAULTS.http,
      batchLinesMax: settings.batchLinesMax,
      batchBytesMax: settings.batchBytesMax,
      flushIntervalMs: settings.flushIntervalMs,
      workers: settings.httpWorkers,
      bufferLines: settings.bufferLines,
      bufferBytes: settings.bufferBytes,
      requestTimeoutMs: settings.requestTimeoutMs,
    },
    processing: {
      ...DEFAULTS.processing,
      workers: settings.workers,
      queueObjectsMax: settings.queueObjectsMax,
      scanIntervalMs: settings.scanIntervalMs,
      delayWindowMs: settings.delayWindowMs,
      startFrom: settings.startFromMs ?? 'beginning',
      lookbackMs: settings.lookbackMs,
      lookbackIntervalMs: settings.lookbackIntervalMs,
      liveWindowMs: settings.liveWindowMs,
      lineBytesMax: LINE_BYTES_MAX,
    },
    state: { ...DEFAULTS.state, saveIntervalMs: settings.saveIntervalMs },
    memoryLimitBytes: settings.memoryLimitBytes,
    shutdownGraceMs: settings.shutdownGraceMs,
  };
}
