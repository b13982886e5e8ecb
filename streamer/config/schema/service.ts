/** The keys of the process itself: memory, logs, metrics, health. */
import * as z from 'zod';
import { defaulted, sectionAbout } from './key.ts';
import { choice, duration, flag, listenAddress, shaped, size, anyText } from './kinds.ts';

export const memory = z
  .strictObject({
    limit: defaulted(size('16MiB', '1TiB'), '256MiB', 'Most bytes of objects, lines and batches held at any time.'),
  })
  .prefault({})
  .register(sectionAbout, { about: 'The budget of all that is on its way.' });

export const shutdownGrace = defaulted(
  duration('0s', '1h'),
  '20s',
  'After SIGTERM, batches on their way may take this long.',
);

export const logging = z
  .strictObject({
    level: defaulted(choice('debug', 'info', 'warn', 'error'), 'info', 'The least severe events that are logged.'),
    format: defaulted(choice('json', 'text'), 'json', 'One JSON object per line, or lines for people.'),
  })
  .prefault({})
  .register(sectionAbout, { about: 'Logs, on stdout.' });

const collector = shaped(
  'host:port',
  /^(?:https?:\/\/)?(?:\[[0-9a-f:.]+\]|[^\s:/@]+):\d{1,5}\/?$/i,
  'is not host:port',
  'Write it like localhost:4317',
);

export const otlp = z
  .strictObject({
    enabled: defaulted(flag(), 'true', 'Send metrics by OTLP/gRPC.'),
    endpoint: defaulted(collector, 'localhost:4317', 'Collector of the metrics.'),
    export_interval: defaulted(duration('100ms', '1h'), '10s', 'How often metrics are sent.'),
    service_name: defaulted(anyText(), 's3-edgedelta-streamer', '`service.name` of the metrics.'),
    service_version: defaulted(anyText(), '1.0.0', '`service.version` of the metrics.'),
    insecure: defaulted(flag(), 'true', 'Without TLS.'),
  })
  .prefault({})
  .register(sectionAbout, { about: 'Export of metrics.' });

/** No client asks for a path with `.` or `..` in it: it is resolved before. The others are taken. */
const FREE_PATH = /^(?!\/(?:ready|live|live\.json|metrics)?$)(?!.*\/\.{1,2}(?:\/|$))(?:\/[\w.-]+)+\/?$/;

export const health = z
  .strictObject({
    enabled: defaulted(flag(), 'true', 'Serve health and readiness over HTTP.'),
    address: defaulted(
      listenAddress(),
      '127.0.0.1:8080',
      'Where to listen; `:8080` is every address. A port that an endpoint on this host has moves to 8090.',
    ),
    path: defaulted(
      shaped(
        'path',
        FREE_PATH,
        'is no path, or has . or .. in it, or is one of /, /ready, /live, /live.json and /metrics',
        'Write it like /health',
      ),
      '/health',
      'Path of the health answer; `/ready` is beside it.',
    ),
  })
  .prefault({})
  .register(sectionAbout, { about: 'Health and readiness.' });
