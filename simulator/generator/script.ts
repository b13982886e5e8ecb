/** The generator's program, to be started as a process of its own. */
export const generatorScript = new URL('main.ts', import.meta.url);
