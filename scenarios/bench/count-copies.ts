/**
 * Preloaded into the streamer (`node --import`) by the bench's profile: counts the bytes that its JavaScript copies between buffers, and writes
 * them to the file in BENCH_COPIES_FILE when it ends. What Node and the kernel copy within themselves is not seen.
 */
import { writeFileSync } from 'node:fs';

let copiedBytes = 0;
const { concat } = Buffer;
const copy = Reflect.get(Buffer.prototype, 'copy');
const typedArray: object = Object.getPrototypeOf(Uint8Array.prototype);

Buffer.concat = (list, totalLength) => {
  const whole = concat(list, totalLength);
  copiedBytes += whole.length;
  return whole;
};
Buffer.prototype.copy = function counted(this: Buffer, ...args: Parameters<Buffer['copy']>): number {
  const bytes = copy.apply(this, args);
  copiedBytes += bytes;
  return bytes;
};
for (const name of ['set', 'slice'] as const) countCalls(name);

process.on('exit', () => {
  const path = process.env['BENCH_COPIES_FILE'];
  if (path !== undefined) writeFileSync(path, JSON.stringify({ copiedBytes }));
});

function countCalls(name: 'set' | 'slice'): void {
  const original: unknown = Reflect.get(typedArray, name);
  if (typeof original !== 'function') return;
  Object.defineProperty(typedArray, name, {
    configurable: true,
    writable: true,
    value: function counted(this: Uint8Array, ...args: unknown[]): unknown {
      const result: unknown = Reflect.apply(original, this, args);
      const copied = name === 'set' ? args[0] : result;
      if (copied instanceof Uint8Array) copiedBytes += copied.byteLength;
      return result;
    },
  });
}
