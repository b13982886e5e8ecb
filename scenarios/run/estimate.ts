/** What the streamer says beforehand of the time that a backlog will take: `explain`, asked as an operator would ask it before the start. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HarnessError, messageOf } from '#simulator';
import { z } from 'zod';
import { askStreamer } from './ask-streamer.ts';
import type { Stage } from './context.ts';
import { streamerOptions } from './fleet.ts';
import { streamerConfigYaml } from './streamer-config.ts';

const explanationSchema = z.object({ estimate: z.object({ seconds: z.number().nullable() }) });

/** Seconds for all that is there now; null where it estimates nothing. */
export async function askEstimateS(stage: Stage): Promise<number | null> {
  const { bundle, folder, s3 } = stage;
  const configFile = join(folder, 'explain.yaml');
  // Of a state of its own, which nobody has written: a first start.
  const stateFile = join(folder, 'explain-state.db');
  writeFileSync(configFile, streamerConfigYaml({ ...streamerOptions(stage, 0), stateFile }));
  const stdout = await askStreamer(['explain'], { bundle, configFile, env: s3.env });
  try {
    return explanationSchema.parse(JSON.parse(stdout)).estimate.seconds;
  } catch (error) {
    throw new HarnessError('streamer', `The streamer's "explain" does not say how long it takes: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
