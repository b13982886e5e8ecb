/** Events become log lines and sums. Logs go to stdout, one JSON object a line; a burst of the same warning is thinned out, and says by how much. */
import pino, { type Logger } from 'pino';
import { hideSecrets } from '../core/hide-secrets.ts';
import { printable } from '../core/printable.ts';
import { countEvent, fieldsOf, levelOf, type StreamerEvent, type Totals, zeroTotals } from '../events.ts';
import type { Clock, Events } from '../ports.ts';

/** Of one kind, within one second; errors and completions are never thinned. */
const REPEATS_PER_SECOND_MAX = 5;

export interface LoggedEvents extends Events {
  readonly totals: Readonly<Totals>;
}

export function createLoggedEvents(logger: Logger, clock: Clock): LoggedEvents {
  const totals = zeroTotals();
  const thinning = new Thinning(clock);
  return {
    totals,
    emit(event) {
      countEvent(totals, event);
      const level = levelOf(event);
      if (!logger.isLevelEnabled(level)) return;
      const thinnedOut = level === 'warn' ? thinning.admit(event) : 0;
      if (thinnedOut === null) return;
      logger[level](
        thinnedOut === 0 ? fieldsOf(event) : { ...fieldsOf(event), repeatsNotLogged: thinnedOut },
        event.kind,
      );
    },
  };
}

class Thinning {
  readonly #clock: Clock;
  readonly #windows = new Map<StreamerEvent['kind'], { second: number; logged: number; dropped: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Null: not this one. Otherwise how many of its kind were left out before it. */
  admit(event: StreamerEvent): number | null {
    const second = Math.floor(this.#clock.now() / 1000);
    const window = this.#windows.get(event.kind) ?? { second, logged: 0, dropped: 0 };
    this.#windows.set(event.kind, window);
    if (window.second !== second) {
      window.second = second;
      window.logged = 0;
    }
    if (window.logged >= REPEATS_PER_SECOND_MAX) {
      window.dropped += 1;
      return null;
    }
    window.logged += 1;
    const { dropped } = window;
    window.dropped = 0;
    return dropped;
  }
}

export interface LoggerOptions {
  readonly level: string;
  readonly format: 'json' | 'text';
  /** The last line of defence: no event has a secret in it, but an endpoint may answer with one. */
  readonly secrets?: readonly string[];
}

export function createLogger({ level, format, secrets = [] }: LoggerOptions): Logger {
  // As they stand in a line of JSON.
  const hidden = secrets.map((secret) => JSON.stringify(secret).slice(1, -1));
  const base = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (name: string) => ({ level: name }) },
    hooks: {
      streamWrite: (line: string) => hideSecrets(line, hidden),
    },
  };
  if (format === 'json') return pino(base, pino.destination({ dest: 1, sync: false, minLength: 0 }));
  return pino(base, textDestination());
}

/** `time LEVEL message key=value ...`: for people at a terminal. */
function textDestination(): { write(line: string): void } {
  return {
    write(line) {
      const { time, level, msg, ...fields }: Record<string, unknown> = JSON.parse(line);
      const pairs = Object.entries(fields).map(
        ([name, value]) => `${name}=${printable(typeof value === 'string' ? value : JSON.stringify(value))}`,
      );
      process.stdout.write(
        `${String(time)} ${String(level).toUpperCase().padEnd(5)} ${printable(String(msg))} ${pairs.join(' ')}\n`,
      );
    },
  };
}
