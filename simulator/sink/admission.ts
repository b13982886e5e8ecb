/** Whether an agent takes a request at all, by its method, path, credentials and encoding: what a real HTTP input checks before it reads. */
import type { RequestHead } from './http/request-parser.ts';

export type SinkAuth =
  | { readonly scheme: 'bearer'; readonly token: string }
  | { readonly scheme: 'basic'; readonly user: string; readonly password: string };

export interface AdmissionRules {
  /** Null lets everybody in. */
  readonly auth: SinkAuth | null;
  /** The only path that takes batches; null for any. */
  readonly path: string | null;
}

export type Admission =
  | { readonly kind: 'admitted'; readonly isGzip: boolean }
  | { readonly kind: 'refused'; readonly status: number; readonly headers: Readonly<Record<string, string>> };

export function admit(head: Pick<RequestHead, 'method' | 'target' | 'headers'>, rules: AdmissionRules): Admission {
  if (rules.path !== null && head.target.split('?', 1)[0] !== rules.path) return refused(404);
  if (head.method !== 'POST') return refused(405, { allow: 'POST' });
  if (rules.auth !== null && head.headers['authorization'] !== authorization(rules.auth)) {
    return refused(401, { 'www-authenticate': rules.auth.scheme === 'basic' ? 'Basic realm="sink"' : 'Bearer' });
  }
  const encoding = head.headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  if (encoding !== 'identity' && encoding !== 'gzip') return refused(415, { 'accept-encoding': 'gzip' });
  return { kind: 'admitted', isGzip: encoding === 'gzip' };
}

/** `bearer:TOKEN` or `basic:USER:PASSWORD`, as on the command line. Null when it is neither. */
export function parseAuth(text: string): SinkAuth | null {
  const bearer = /^bearer:(?<token>.+)$/.exec(text)?.groups;
  if (bearer?.['token'] !== undefined) return { scheme: 'bearer', token: bearer['token'] };
  const basic = /^basic:(?<user>[^:]+):(?<password>.+)$/.exec(text)?.groups;
  if (basic?.['user'] === undefined || basic['password'] === undefined) return null;
  return { scheme: 'basic', user: basic['user'], password: basic['password'] };
}

/** As `parseAuth` reads it. */
export function formatAuth(auth: SinkAuth): string {
  return auth.scheme === 'bearer' ? `bearer:${auth.token}` : `basic:${auth.user}:${auth.password}`;
}

function authorization(auth: SinkAuth): string {
  if (auth.scheme === 'bearer') return `Bearer ${auth.token}`;
  return `Basic ${Buffer.from(`${auth.user}:${auth.password}`).toString('base64')}`;
}

function refused(status: number, headers: Readonly<Record<string, string>> = {}): Admission {
  return { kind: 'refused', status, headers };
}
