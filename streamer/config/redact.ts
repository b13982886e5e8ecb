/** The configuration as it may be logged, and the secrets of it that may not. */
import { requestHeaders } from '../request-headers.ts';
import type { Config, HttpAuth, HttpConfig, RedisConfig } from './config.ts';
import type { Environment } from './environment.ts';

const REDACTED = '[redacted]';

/** The same shape as the configuration, with `[redacted]` in place of each secret. */
export function redactedConfig(config: Config): Config {
  const { redis } = config.state;
  return {
    ...config,
    http: redactHttp(config.http),
    state: { ...config.state, redis: redis === null ? null : redactRedis(redis) },
  };
}

function redactHttp(http: HttpConfig): HttpConfig {
  return {
    ...http,
    endpoints: http.endpoints.map(redactUrl),
    auth: redactAuth(http.auth),
    headers: Object.fromEntries(Object.keys(http.headers).map((name) => [name, REDACTED])),
  };
}

function redactAuth(auth: HttpAuth): HttpAuth {
  switch (auth.kind) {
    case 'none':
      return auth;
    case 'bearer':
      return { ...auth, token: REDACTED };
    case 'basic':
      return { ...auth, password: REDACTED };
  }
}

function redactRedis(redis: RedisConfig): RedisConfig {
  return {
    ...redis,
    server: redis.server.kind === 'url' ? { ...redis.server, url: redactUrl(redis.server.url) } : redis.server,
    password: redis.password === null ? null : REDACTED,
  };
}

/** Without password and query, where tokens travel; a text that is no URL is not shown at all. */
function redactUrl(text: string): string {
  if (!URL.canParse(text)) return REDACTED;
  const url = new URL(text);
  if (url.password === '' && url.search === '') return text;
  const password = url.password === '' ? '' : `:${REDACTED}`;
  const user = url.username === '' && password === '' ? '' : `${url.username}${password}@`;
  return `${url.protocol}//${user}${url.host}${url.pathname}${url.search === '' ? '' : `?${REDACTED}`}`;
}

/** The AWS SDK takes these from the environment by itself. */
const AWS_SECRETS = ['AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'];
/** A shorter text stands in other words by chance, and hiding it would make the log unreadable. */
const SECRET_CHARS_MIN = 6;
/** Headers and queries often hold no secret at all (`x-environment: staging`); what is as long as this is taken for one. */
const MAYBE_SECRET_CHARS_MIN = 12;

/** Every text that must never be written anywhere, in each form in which it travels. */
export function secretsOf({ http, state }: Config, env: Environment): readonly string[] {
  const { redis } = state;
  const { authorization = '' } = requestHeaders(http);
  const certain = [
    // Without the scheme: an answer may repeat the token alone.
    authorization.replace(/^\w+ /, ''),
    ...(http.auth.kind === 'basic' ? [http.auth.password] : []),
    redis?.password ?? '',
    ...(redis?.server.kind === 'url' ? passwordsIn(redis.server.url) : []),
    ...AWS_SECRETS.map((name) => env[name] ?? ''),
  ];
  const maybe = [...Object.values(http.headers), ...http.endpoints.flatMap(queryValuesIn)];
  const secrets = [
    ...certain.filter((secret) => secret.length >= SECRET_CHARS_MIN),
    ...maybe.filter((secret) => secret.length >= MAYBE_SECRET_CHARS_MIN),
  ];
  // The longest first: one may be a part of another.
  return [...new Set(secrets)].toSorted((left, right) => right.length - left.length);
}

function passwordsIn(url: string): readonly string[] {
  if (!URL.canParse(url)) return [];
  const { password } = new URL(url);
  return [password, decodeURIComponent(password)];
}

function queryValuesIn(url: string): readonly string[] {
  const { search, searchParams } = new URL(url);
  return [search.slice(1), ...searchParams.values()];
}
