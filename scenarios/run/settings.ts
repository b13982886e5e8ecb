/** The scenario's settings beside the shipped defaults, for the report. */
import type { Measurements } from '#reports';
import type { Setting } from '../scenario.ts';

export function describeSettings(settings: readonly Setting[]): Measurements['settings'] {
  return settings.map(({ key, value, shipped, why }) => ({
    key,
    value: String(value),
    shipped: String(shipped),
    note: value === shipped ? null : why,
  }));
}
