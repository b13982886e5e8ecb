/**
 * Every key of the configuration, with what it means, its limits and its default: the single source of validation, of `config.schema.json` and
 * of the documentation. The schema judges keys one by one; what two keys mean together is judged in `checks.ts`.
 */
import * as z from 'zod';
import { http } from './schema/http.ts';
import { processing } from './schema/processing.ts';
import { discovery, s3 } from './schema/s3.ts';
import { health, logging, memory, otlp, shutdownGrace } from './schema/service.ts';
import { audit, state } from './schema/state.ts';

export const settingsSchema = z.strictObject({
  s3,
  discovery,
  http,
  processing,
  state,
  memory,
  audit,
  shutdown_grace: shutdownGrace,
  logging,
  otlp,
  health,
});

/** What the schema makes of a file: snake_case as in the file, milliseconds and bytes, defaults filled in. */
export type Settings = z.output<typeof settingsSchema>;
