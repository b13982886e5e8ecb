/** `check`, this host: the state's file and the health port. Nothing is created: files of the wrong owner would keep the streamer out. */
import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import type { HealthConfig } from '../config/config.ts';
import { journalPathOf } from '../io/redis/journal.ts';
import { databasePathOf } from '../io/state-database.ts';
import { isStateInUse, openStateReader } from '../io/state-reader.ts';
import { type Finding, messageOf } from './check-finding.ts';
import type { LoadedConfig } from './load-config.ts';
import { formatMoment } from './moment.ts';
import { adviceFor, findOriginalState } from './original-state.ts';
import { formatBytes } from './output.ts';

/** The state itself stays far below this. */
const FREE_BYTES_MIN = 100e6;

export function checkState({ config, file }: LoadedConfig): readonly Finding[] {
  const { redis } = config.state;
  // With Redis the local file is the journal, and the progress of the original is looked for in Redis.
  const filePath = redis === null ? config.state.filePath : journalPathOf(config.state.filePath);
  const path = databasePathOf(filePath);
  const finding = (status: Finding['status'], detail: string, cure: string | null): Finding => ({
    area: 'state',
    status,
    target: path,
    detail,
    cure,
  });
  try {
    const original = redis === null ? findOriginalState(filePath) : null;
    if (original !== null)
      return [
        finding('failed', 'the progress of the original is not taken over yet', adviceFor(original, filePath, file)),
      ];
    const reader = openStateReader(filePath);
    const head = reader?.head() ?? null;
    reader?.close();
    const folder = nearestExisting(dirname(path));
    accessSync(folder, constants.W_OK);
    if (reader !== null) accessSync(path, constants.W_OK);
    const next =
      redis !== null
        ? 'the journal of what this instance settles'
        : head === null
          ? 'no state yet: a first start, from processing.start_from'
          : `goes on; all before ${formatMoment(head.floorMs)} is done`;
    return [
      isStateInUse(filePath)
        ? finding(
            'failed',
            'another process uses it',
            'if that is the running streamer you are checking beside, all is well; a second one cannot start: stop it, or give this one its own state.file_path',
          )
        : finding('ok', `writable; ${next}`, null),
      ...freeSpace(folder, finding),
    ];
  } catch (error) {
    return [
      finding(
        'failed',
        messageOf(error),
        'the folder and the file must belong to the user that runs the streamer; or set state.file_path',
      ),
    ];
  }
}

function freeSpace(
  folder: string,
  finding: (status: Finding['status'], detail: string, cure: string | null) => Finding,
): readonly Finding[] {
  const { bavail, bsize } = statfsSync(folder);
  const freeBytes = bavail * bsize;
  if (freeBytes >= FREE_BYTES_MIN) return [];
  return [
    finding(
      'failed',
      `only ${formatBytes(freeBytes)} are free there`,
      'a state that cannot be written stops the reading: free some space',
    ),
  ];
}

/** The streamer makes what is missing. */
function nearestExisting(folder: string): string {
  let existing = folder;
  while (!existsSync(existing) && dirname(existing) !== existing) existing = dirname(existing);
  return existing;
}

export async function checkHealthPort({ enabled, host, port }: HealthConfig): Promise<Finding> {
  const target = `${host === '' ? '*' : host}:${port}`;
  if (!enabled) return { area: 'health', status: 'note', target, detail: 'off (health.enabled: false)', cure: null };
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      const cure =
        error.code === 'EADDRINUSE'
          ? 'if that is the running streamer you are checking beside, all is well; else set health.address to a free port, or health.enabled: false'
          : 'set health.address to an address of this host';
      resolve({ area: 'health', status: 'failed', target, detail: messageOf(error), cure });
    });
    server.listen(port, ...(host === '' ? [] : [host]), () => {
      server.close(() => resolve({ area: 'health', status: 'ok', target, detail: 'free', cure: null }));
    });
  });
}
