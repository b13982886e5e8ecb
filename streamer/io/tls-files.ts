/** Reads the certificates that the configuration names. A file that cannot be read is a configuration error, told before anything else starts. */
import { readFileSync } from 'node:fs';
import type { TlsConfig } from '../config/config.ts';
import { StreamerError } from '../errors.ts';

/** PEM texts; null where the configuration names no file. */
export interface TlsFiles {
  readonly ca: string | null;
  readonly cert: string | null;
  readonly key: string | null;
}

export function readTlsFiles(tls: TlsConfig | null): TlsFiles | null {
  if (tls === null) return null;
  return { ca: readPem(tls.caFile), cert: readPem(tls.certFile), key: readPem(tls.keyFile) };
}

function readPem(file: string | null): string | null {
  if (file === null) return null;
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw new StreamerError('CONFIG_INVALID', `the TLS file ${file} cannot be read (${said})`, { cause: error });
  }
  if (!text.includes('-----BEGIN '))
    throw new StreamerError('CONFIG_INVALID', `the TLS file ${file} holds no PEM block`);
  return text;
}
