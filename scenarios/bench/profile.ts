/**
 * `npm run bench -- --profile`: where the streamer's CPU time goes. Rounds of their own, after the measured ones: one under Node's profiler, with a
 * bundle that kept its names, and one that counts copied bytes.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { z } from 'zod';
import { HarnessError } from '#simulator';
import { buildReadableBundle } from '../environment/bundle.ts';
import type { Stage } from '../run/context.ts';
import { RunFolder, runName } from '../run/run-folder.ts';
import { sumOf } from '../run/sum.ts';
import { type ProfileTable, readCpuProfile, tabulateProfile } from './cpu-profile.ts';
import { renderFlameGraph } from './flame-graph.ts';
import { streamerRound } from './rounds.ts';

export interface BenchProfile extends ProfileTable {
  /** Holds flame.html, and streamer.cpuprofile for other tools. */
  readonly folder: string;
  /** By the streamer's JavaScript, for each raw byte delivered. */
  readonly copiedBytesPerByte: number;
}

const copiesSchema = z.object({ copiedBytes: z.number() });

export async function profileStreamer(stage: Stage, out: string): Promise<BenchProfile> {
  const folder = new RunFolder(out, runName('bench-profile', stage.options.seed, new Date()));
  try {
    const bundle = join(stage.folder, 'readable.js');
    await buildReadableBundle(bundle);
    const profileFolder = join(stage.folder, 'cpu-profile');
    await streamerRound(stage, 'profiled', { bundle, nodeFlags: ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`] });
    const [file] = readdirSync(profileFolder);
    if (file === undefined) throw new HarnessError('broken', 'Node wrote no profile when the streamer ended.');
    const profile = readFileSync(join(profileFolder, file), 'utf8');
    const root = readCpuProfile(JSON.parse(profile), JSON.parse(readFileSync(`${bundle}.map`, 'utf8')));
    const copiedBytesPerByte = await countCopies(stage);
    folder.write('streamer.cpuprofile', profile);
    folder.write('flame.html', renderFlameGraph(root, 'Streamer at full speed'));
    folder.finish();
    return { ...tabulateProfile(root), folder: folder.final, copiedBytesPerByte };
  } finally {
    folder.discard();
  }
}

async function countCopies(stage: Stage): Promise<number> {
  const counter = fileURLToPath(new URL('count-copies.ts', import.meta.url));
  const path = join(stage.folder, 'copies.json');
  await streamerRound(stage, 'copies-counted', {
    nodeFlags: ['--import', pathToFileURL(counter).href],
    env: { BENCH_COPIES_FILE: path, NODE_NO_WARNINGS: '1' },
  });
  const { copiedBytes } = copiesSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  return copiedBytes / sumOf(stage.load.manifest.objects, (object) => object.rawBytes);
}
