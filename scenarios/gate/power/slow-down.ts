/** Known slow-downs, put on a program from outside: what the gate must find, and how surely. */
import { fileURLToPath } from 'node:url';
import { crc32 } from 'node:zlib';
import type { Program } from '../arm.ts';

export const SLOW_DOWNS = ['none', 'cpu5', 'cpu10', 'cpu20', 'lag300'] as const;
export type SlowDown = (typeof SLOW_DOWNS)[number];

export const SLOW_DOWN_WORDS: Readonly<Record<SlowDown, string>> = {
  none: 'none (base against itself)',
  cpu5: '5 % more CPU per byte',
  cpu10: '10 % more CPU per byte',
  cpu20: '20 % more CPU per byte',
  lag300: '300 ms more lag',
};

const calibrationBytes = 500_000_000;
const pieceBytes = 10_000_000;

/** CPU seconds that one pass of the burned work costs per GB, on this machine at this moment. */
export function burnCpuSPerGB(): number {
  const piece = Buffer.alloc(pieceBytes, 'calibration');
  const before = process.cpuUsage();
  for (let bytes = 0; bytes < calibrationBytes; bytes += pieceBytes) crc32(piece);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6 / (calibrationBytes / 1e9);
}

/** `passesOfAll`: passes of the burned work that cost as much as all that the streamer does. */
export function slowedDown(bundle: string, slowDown: SlowDown, passesOfAll: number): Program {
  switch (slowDown) {
    case 'none':
      return { bundle };
    case 'cpu5':
    case 'cpu10':
    case 'cpu20':
      return { bundle, ...burning((Number(slowDown.slice('cpu'.length)) / 100) * passesOfAll) };
    case 'lag300':
      // An object waits for the next scan half an interval on average: 600 ms more of it are 300 ms more lag.
      return {
        bundle,
        settings: [{ key: 'processing.scan_interval', value: '850ms', shipped: '15s', why: 'a known slow-down' }],
      };
  }
}

function burning(passes: number): Omit<Program, 'bundle'> {
  return {
    nodeFlags: ['--import', fileURLToPath(new URL('burn-cpu.mjs', import.meta.url))],
    env: { GATE_BURN_PASSES: String(passes) },
  };
}
