/** `state rewind`: forgets what was delivered from a moment on, so that it is delivered again. */
import { Command } from 'commander';
import { StreamerError } from '../errors.ts';
import type { Rewound } from '../io/state-admin.ts';
import { configOption, jsonOption, momentArgument, TIME_HELP } from './arguments.ts';
import { loadConfig } from './load-config.ts';
import { formatMoment } from './moment.ts';
import { formatCount, print, printJson } from './output.ts';
import { changeStateAlone } from './state-access.ts';

interface RewindOptions {
  readonly config: string;
  readonly to: number;
  readonly json?: true;
}

export function rewindCommand(): Command {
  return new Command('rewind')
    .description('forget what was delivered from TIME on, so that the next run delivers it again')
    .addOption(configOption())
    .requiredOption('--to <TIME>', 'objects last modified at TIME or later; rounded down to the hour', momentArgument)
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
${TIME_HELP}
Stop the streamer first; with state.redis, all of them. \`replay\` repeats a
period with an end, beside a running streamer.

Example: s3-edgedelta-streamer state rewind -c config.yaml --to "3h ago"`,
    )
    .action(rewind);
}

async function rewind({ config: file, to, json }: RewindOptions): Promise<void> {
  if (to > Date.now())
    throw new StreamerError('USAGE', `--to ${formatMoment(to)} lies in the future: state can only be moved back`);
  const { config } = await loadConfig(file);
  const desk = await changeStateAlone(config);
  try {
    const rewound = await desk.rewind(to);
    if (json) printJson(jsonOf(rewound));
    else print(textOf(rewound));
  } finally {
    await desk.close();
  }
}

function textOf({ toMs, before, after, completeObjects, partialObjects, uncountedBeforeMs }: Rewound): string {
  const lines = [
    `state is moved back to ${formatMoment(toMs)} (TIME, rounded down to the hour: so state keeps what is complete)`,
    `at least ${formatCount(completeObjects, 'complete object')} and ${formatCount(partialObjects, 'partial one')} will be delivered again, with all their lines`,
  ];
  if (uncountedBeforeMs !== null)
    lines.push(
      `and all from ${formatMoment(toMs)} to ${formatMoment(uncountedBeforeMs)}, which state has forgotten (audit.retention) and cannot count`,
    );
  if (after.startFromMs < before.startFromMs)
    lines.push(
      `objects from ${formatMoment(after.startFromMs)} to ${formatMoment(before.startFromMs)} were not ours until now (processing.start_from); now they are`,
    );
  lines.push('the next `run` reads them, live objects first');
  return lines.join('\n');
}

function jsonOf({ toMs, before, after, completeObjects, partialObjects, uncountedBeforeMs }: Rewound): object {
  return {
    to: formatMoment(toMs),
    completeObjects,
    partialObjects,
    uncountedBefore: uncountedBeforeMs === null ? null : formatMoment(uncountedBeforeMs),
    floor: { before: formatMoment(before.floorMs), after: formatMoment(after.floorMs) },
    startFrom: { before: formatMoment(before.startFromMs), after: formatMoment(after.startFromMs) },
  };
}
