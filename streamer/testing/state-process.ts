/** A process that holds a state file and commits to it, for the tests that kill it: `state-process.ts PATH hold|commit`. Speaks in lines of JSON on stdout. */
import { StreamerError } from '../errors.ts';
import type { ObjectRef, StateCommit } from '../ports.ts';
import { openFileStateStore } from '../io/file-state-store.ts';

/** The `index`-th object that `commit` writes. */
export function committedObject(index: number): ObjectRef {
  return {
    bucket: 'logs',
    key: `web/${index}.gz`,
    etag: `e${index}`,
    sizeBytes: 1,
    lastModifiedMs: 1_760_000_000_000 + index,
  };
}

/** Each makes one object complete and settles a part of the next, so that half a commit would show. */
export function commitOf(index: number): StateCommit {
  return {
    changes: [
      { object: committedObject(index), settled: [], complete: true },
      { object: committedObject(index + 1), settled: [{ start: 0, end: index + 1 }], complete: false },
    ],
    quarantined: [
      {
        object: committedObject(index),
        range: { start: 0, end: 9 },
        firstLine: 0,
        lineCount: 1,
        reason: 'refused',
        detail: 'x'.repeat(200),
        atMs: index,
      },
    ],
    fulfilled: [],
    head: { startFromMs: 0, floorMs: index },
    forgetBeforeMs: null,
  };
}

function say(what: object): void {
  process.stdout.write(`${JSON.stringify(what)}\n`);
}

async function main(path: string, work: string): Promise<void> {
  const store = openFileStateStore(path);
  say({ open: true });
  if (work === 'hold') {
    // Held by the timer: a store that nothing refers to is collected, and gives its lock back.
    setInterval(() => store, 1000);
    return;
  }
  for (let index = 0; ; index += 1) {
    await store.commit(commitOf(index));
    say({ acknowledged: index });
  }
}

const [, program, path, work] = process.argv;
if (program?.endsWith('state-process.ts') === true && path !== undefined && work !== undefined) {
  try {
    await main(path, work);
  } catch (error) {
    say(
      error instanceof StreamerError
        ? { code: error.code, message: error.message }
        : { code: 'NONE', message: String(error) },
    );
  }
}
