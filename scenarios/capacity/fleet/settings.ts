/** The configuration of a fleet's instances. */
import { parse } from 'yaml';
import type { Result } from '#reports';
import { withSettings } from '../../run/streamer-config.ts';

export type Settings = Readonly<Record<string, string | number | boolean>>;

/** Each instance has so many agents of its own. */
export function configurationOf(settings: Settings, endpoints: number): string {
  const config = {
    s3: { bucket: 'fleet', prefix: '_weblog/', region: 'us-east-1' },
    http: { endpoints: Array.from({ length: endpoints }, (_, index) => `http://agent-${index}.example:8080`) },
    processing: { start_from: 'beginning' },
  };
  return withSettings(
    config,
    Object.entries(settings).map(([key, value]) => ({ key, value })),
  );
}

/** Those of a measured run: written as text there. What is about its own processes means nothing to a simulation. */
export function settingsOf({ settings }: Result): Settings {
  return Object.fromEntries(settings.map(({ key, value }) => [key, valueOf(value)]));
}

function valueOf(text: string): string | number | boolean {
  const value: unknown = parse(text);
  return typeof value === 'number' || typeof value === 'boolean' ? value : text;
}
