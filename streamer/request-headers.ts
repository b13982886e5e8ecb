/** Sent with every POST: the user's own headers and the authorization. The values may be secrets. */
import type { HttpAuth, HttpConfig } from './config/config.ts';

export function requestHeaders({
  headers,
  auth,
}: Pick<HttpConfig, 'headers' | 'auth'>): Readonly<Record<string, string>> {
  return { ...headers, ...authorization(auth) };
}

function authorization(auth: HttpAuth): Record<string, string> {
  switch (auth.kind) {
    case 'none':
      return {};
    case 'bearer':
      return { authorization: `Bearer ${auth.token}` };
    case 'basic':
      return { authorization: `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString('base64')}` };
  }
}
