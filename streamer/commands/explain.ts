/** `explain`: a dry run. It lists, looks into the state (read-only, without its lock) and may read up to three objects; nothing is sent. */
import { availableParallelism } from 'node:os';
import { Command } from 'commander';
import type { Config } from '../config/config.ts';
import { configOption, countArgument, jsonOption } from './arguments.ts';
import { withBucket } from './bucket.ts';
import { countToRead, type Plan, planOf } from './explain-plan.ts';
import { type Estimate, explanationJson, explanationText } from './explain-text.ts';
import { type LoadedConfig, loadConfig } from './load-config.ts';
import { adviceFor, findOriginalState } from './original-state.ts';
import { formatBytes, formatCount, formatDuration, print, printJson } from './output.ts';
import { estimateReadMs, type ReadSample, sampleRead } from './sample-read.ts';
import { viewStateIfAny } from './state-access.ts';

const LIMIT_DEFAULT = 20;

interface ExplainOptions {
  readonly config: string;
  readonly limit: number;
  readonly sample: boolean;
  readonly json?: true;
}

export function explainCommand(): Command {
  return new Command('explain')
    .description('a dry run: what would be read, in which order, and why the rest is not')
    .addOption(configOption())
    .option('--limit <n>', 'objects to name, the first ones (0: all)', countArgument, LIMIT_DEFAULT)
    .option('--no-sample', 'read no object; then the time to read is not estimated')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Nothing is sent or changed; it works beside a running streamer. The time is
estimated from what it measures: the LISTs, and the reading of up to three of
the objects, as many side by side as there are workers and cores. Endpoints are
assumed to keep up.

Example: s3-edgedelta-streamer explain -c config.yaml --limit 5`,
    )
    .action(async (options: ExplainOptions) => explain(await loadConfig(options.config), options));
}

async function explain(loaded: LoadedConfig, options: ExplainOptions): Promise<void> {
  const { config, file } = loaded;
  const { filePath } = config.state;
  const original = config.state.redis === null ? findOriginalState(filePath) : null;
  const view = await viewStateIfAny(config);
  try {
    const limit = options.limit > 0 ? options.limit : Infinity;
    const { plan, sample } = await withBucket(config, async (bucket) => {
      const made = await planOf(config, view, bucket, limit);
      const candidates = made.first.map(({ task }) => task.object);
      return { plan: made, sample: options.sample ? await sampleRead(bucket.objects, candidates) : null };
    });
    const notes = [
      ...(original === null ? [] : [`\`run\` would stop at once: ${adviceFor(original, filePath, file)}`]),
      ...(config.discovery.mode === 'sqs'
        ? ['discovery.mode is sqs: `run` lists nothing, and reads of this only what the queue tells it']
        : []),
    ];
    const estimate = estimateOf(plan, sample, config);
    if (options.json) printJson(explanationJson(plan, estimate, notes));
    else print(explanationText(plan, estimate, notes));
  } finally {
    await view?.close();
  }
}

function estimateOf(plan: Plan, sample: ReadSample | null, { processing }: Config): Estimate {
  const objects = countToRead(plan);
  const { listMs, listRequests } = plan;
  const listing = `${formatCount(listRequests, 'LIST')} took ${formatDuration(listMs)}`;
  if (objects === 0) return { readMs: 0, listMs, how: listing };
  if (sample === null)
    return { readMs: null, listMs, how: `${listing}; no object was read to tell how long reading takes` };
  const cores = availableParallelism();
  const readMs = estimateReadMs(sample, { objects, gzBytes: plan.gzBytes, workers: processing.workers, cores });
  const rate = formatBytes((sample.gzBytes / Math.max(1, sample.bodyMs)) * 1000);
  const how =
    `${listing}; ${formatCount(sample.objects, 'object')} read just now: answered in ${formatDuration(sample.answerMs / sample.objects)}, then ${rate}/s as stored; ` +
    `${processing.workers} at a time on ${formatCount(cores, 'core')}; endpoints are assumed to keep up`;
  return { readMs, listMs, how };
}
