import { fileURLToPath } from 'node:url';

/** The program that hunts for a seed which breaks an invariant; to be bundled with the streamer to hunt in. */
export const huntScript = fileURLToPath(new URL('hunt-main.ts', import.meta.url));
