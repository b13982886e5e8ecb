/** The command line: parses, calls one command, and turns its end into an exit code. */
import { Command, CommanderError } from 'commander';
import { auditCommand } from './commands/audit.ts';
import { checkCommand } from './commands/check.ts';
import { explainCommand } from './commands/explain.ts';
import { loadConfig } from './commands/load-config.ts';
import { refuseUnmigratedState } from './commands/original-state.ts';
import { quarantineCommand } from './commands/quarantine.ts';
import { replayCommand } from './commands/replay.ts';
import { runStreamer } from './commands/run.ts';
import { stateCommand } from './commands/state.ts';
import { validateConfig } from './commands/validate.ts';
import { exitCodeOf, StreamerError } from './errors.ts';
import { VERSION } from './version.ts';

const EXAMPLES = `
Examples:
  s3-edgedelta-streamer run --config /etc/s3-streamer/config.yaml
  s3-edgedelta-streamer check --config config.yaml

Exit codes: 0 done (also after SIGTERM) · 1 a check failed · 2 wrong usage or
configuration · 3 nothing was proved, or a fault of the program.
Credentials: the AWS SDK's default chain (environment, profile, instance role).
\${NAME} in a configuration is replaced by that environment variable.`;

function program(): Command {
  const command = new Command('s3-edgedelta-streamer')
    .description('Streams gzip JSONL objects from S3 to EdgeDelta HTTP inputs, with nothing lost.')
    .version(VERSION)
    .addHelpText('after', EXAMPLES);
  command
    .command('run')
    .description('read, deliver and account, until SIGTERM')
    .requiredOption('-c, --config <file>', 'YAML configuration')
    .action(async ({ config }: { config: string }) => {
      const loaded = await loadConfig(config);
      refuseUnmigratedState(loaded);
      await runStreamer(loaded);
    });
  command
    .command('validate')
    .description('say everything that is wrong with a configuration, at once')
    .requiredOption('-c, --config <file>', 'YAML configuration')
    .option('--json', 'the result as JSON on stdout', false)
    .action(async ({ config, json }: { config: string; json: boolean }) => validateConfig(config, { json }));
  command
    .addCommand(checkCommand())
    .addCommand(explainCommand())
    .addCommand(stateCommand())
    .addCommand(quarantineCommand())
    .addCommand(auditCommand())
    .addCommand(replayCommand());
  throwInsteadOfExiting(command);
  return command;
}

/** Each command has settings of its own. */
function throwInsteadOfExiting(command: Command): void {
  command.exitOverride().showHelpAfterError('(--help shows the usage)');
  for (const subcommand of command.commands) throwInsteadOfExiting(subcommand);
}

async function main(): Promise<number> {
  try {
    await program().parseAsync();
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    process.stderr.write(
      error instanceof StreamerError
        ? `${error.message}\n`
        : `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    return exitCodeOf(error);
  }
}

// Whoever reads our output may stop reading: `| head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});
process.exitCode = await main();
