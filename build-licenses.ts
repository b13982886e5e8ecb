/** The licences of the packages inside the bundle: nearly all of them ask that their text travels with every copy. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import * as z from 'zod';

const manifestSchema = z.object({ name: z.string(), version: z.string(), license: z.string() });

/** Packages that share a text, word for word, stand above it together. */
export function licensesText({ inputs }: Metafile): string {
  const folders = new Set(Object.keys(inputs).flatMap((path) => packageFolder(path) ?? []));
  const packagesByText = new Map<string, string[]>();
  for (const folder of [...folders].toSorted()) {
    const { name, version, license } = readManifest(folder);
    const text = readLicense(folder) ?? `The package brings no text of its own; its licence is ${license}.`;
    packagesByText.set(text, [...(packagesByText.get(text) ?? []), `${name} ${version} (${license})`]);
  }
  const parts = [...packagesByText].map(([text, packages]) => `${packages.join('\n')}\n\n${text}`);
  return `${['The packages that are part of streamer.js, and their licences.', ...parts].join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}

/** Null for our own sources, and for what the build itself makes. */
function packageFolder(path: string): string | null {
  return /^(?<folder>.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.groups?.['folder'] ?? null;
}

function readManifest(folder: string): z.infer<typeof manifestSchema> {
  return manifestSchema.parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')));
}

function readLicense(folder: string): string | null {
  const file = readdirSync(folder).find((name) => /^(?:licen[cs]e|copying)/i.test(name));
  return file === undefined ? null : readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n').trim();
}
