/** A certificate authority of a run's own, made when the run begins: a committed one would expire, and look like a secret. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HarnessError, messageOf } from '../process/errors.ts';

/** PEM files. */
interface KeyPair {
  readonly certFile: string;
  readonly keyFile: string;
}

export interface Authority {
  /** To be trusted. */
  readonly caFile: string;
  /** Of 127.0.0.1 and localhost. */
  readonly server: KeyPair;
  readonly client: KeyPair;
}

const newKey = ['req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
/** Longer than any run. */
const validity = ['-days', '2'];

export function createAuthority(folder: string): Authority {
  const file = (name: string): string => join(folder, name);
  const ca = { certFile: file('ca.pem'), keyFile: file('ca-key.pem') };
  openssl([...newKey, '-x509', ...validity, '-subj', '/CN=authority of a run', ...filesOf(ca)]);
  const issue = (name: string, extensions: string): KeyPair => {
    const pair = { certFile: file(`${name}.pem`), keyFile: file(`${name}-key.pem`) };
    const [request, extensionFile] = [file(`${name}.csr`), file(`${name}.ext`)];
    writeFileSync(extensionFile, `${extensions}\n`);
    openssl([...newKey, '-subj', `/CN=${name}`, '-keyout', pair.keyFile, '-out', request]);
    const signedBy = ['-CA', ca.certFile, '-CAkey', ca.keyFile, '-CAcreateserial', '-extfile', extensionFile];
    openssl(['x509', '-req', '-in', request, ...validity, ...signedBy, '-out', pair.certFile]);
    return pair;
  };
  return {
    caFile: ca.certFile,
    server: issue('agent', 'subjectAltName=IP:127.0.0.1,DNS:localhost'),
    client: issue('streamer', 'extendedKeyUsage=clientAuth'),
  };
}

function filesOf({ certFile, keyFile }: KeyPair): readonly string[] {
  return ['-keyout', keyFile, '-out', certFile];
}

function openssl(args: readonly string[]): void {
  try {
    execFileSync('openssl', args, { stdio: 'pipe' });
  } catch (error) {
    throw new HarnessError('broken', `Certificates are made by openssl, which must be on PATH: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
