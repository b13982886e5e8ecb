/** Configuration keys as the fleet's YAML needs them. */
import { parse } from 'yaml';
import type { Result } from '#reports';

/** Those of a measured run: written as text there. What is about its own processes means nothing to a simulation. */
export function settingsOf({ settings }: Result): Record<string, string | number | boolean> {
  return Object.fromEntries(settings.map(({ key, value }) => [key, valueOf(value)]));
}

function valueOf(text: string): string | number | boolean {
  const value: unknown = parse(text);
  return typeof value === 'number' || typeof value === 'boolean' ? value : text;
}
