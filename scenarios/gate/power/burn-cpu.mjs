/**
 * Loaded before the streamer by `--import`: every inflated byte costs some CPU more. Plain JavaScript, so that no loader is measured with it.
 * Work, not time: a busy machine makes it dearer as it makes the streamer's own work dearer.
 */
import { createRequire } from 'node:module';

const zlib = createRequire(import.meta.url)('node:zlib');
/** How often each byte is summed up. */
const passes = Number(process.env.GATE_BURN_PASSES);
const { createGunzip, crc32 } = zlib;

const slowed = (options) => {
  const gunzip = createGunzip(options);
  gunzip.on('data', (piece) => {
    for (let pass = 1; pass <= passes; pass++) crc32(piece);
    crc32(piece.subarray(0, Math.round(piece.length * (passes % 1))));
  });
  return gunzip;
};

// It is read-only, but may be defined anew.
Object.defineProperty(zlib, 'createGunzip', { value: slowed });
