/** `state`: look at what the streamer remembers, move it back, and take over the original's. */
import { Command } from 'commander';
import { migrateCommand } from './state-migrate.ts';
import { rewindCommand } from './state-rewind.ts';
import { showCommand } from './state-show.ts';

export function stateCommand(): Command {
  return new Command('state')
    .description("look at the streamer's memory, move it back, take over the original's")
    .helpCommand(false)
    .addCommand(showCommand())
    .addCommand(rewindCommand())
    .addCommand(migrateCommand());
}
