/**
 * Loaded before a program by `--import`: its wall clock differs from the machine's, as the file of S3ES_CLOCK_FILE says. The program knows nothing of it.
 * Only `Date` is another one. Timers and `performance.now()` go on as they do when the clock of a machine is set.
 */
import { readFileSync } from 'node:fs';
import { aheadAt, clockFileVariable, clockRereadMs, type ClockStep } from './clock-steps.ts';

const path = process.env[clockFileVariable];
if (path === undefined) throw new Error(`${clockFileVariable} names no file`);
const machineNow = Date.now.bind(Date);
let steps: readonly ClockStep[] = [];
let readMs = -Infinity;

function shiftedNow(file: string): number {
  const steadyMs = performance.now();
  if (steadyMs - readMs >= clockRereadMs) {
    // Written by the harness, whole each time.
    steps = JSON.parse(readFileSync(file, 'utf8'));
    readMs = steadyMs;
  }
  const machineMs = machineNow();
  return machineMs + aheadAt(steps, machineMs);
}

Date.now = () => shiftedNow(path);
// A proxy, not a class of its own: a Date that Node makes (of a file, of a message) is still an instance of it.
globalThis.Date = new Proxy(Date, {
  construct: (target, values: unknown[], newTarget) =>
    Reflect.construct(target, values.length === 0 ? [shiftedNow(path)] : values, newTarget),
  apply: (target) => new target(shiftedNow(path)).toString(),
});
