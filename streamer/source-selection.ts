/** The selection of one configured source. */
import type { Config } from './config/config.ts';
import type { CompiledFormats } from './core/format.ts';
import { Selection } from './core/selection.ts';

export function selectionOf(config: Config, formats: CompiledFormats, sourceIndex: number): Selection {
  const source = config.s3.sources[sourceIndex];
  if (source === undefined) throw new RangeError(`source ${sourceIndex}`);
  return new Selection({
    source: sourceIndex,
    prefix: source.prefix,
    formats,
    formatChoice: source.format,
    delayWindowMs: config.processing.delayWindowMs,
  });
}
