/** The keys of what the streamer remembers. */
import * as z from 'zod';
import { tlsFiles } from './http.ts';
import { defaulted, optional, required, sectionAbout } from './key.ts';
import { duration, flag, hostAndPort, integer, secret, shaped, anyText } from './kinds.ts';

const redisUrl = {
  ...shaped(
    'URL',
    /^rediss?:\/\/\S+$/,
    'is not a redis:// or rediss:// URL',
    'Use a URL such as rediss://redis.internal:6379/0',
  ),
  // It may hold a password.
  isSecret: true,
};

const redis = z
  .strictObject({
    enabled: optional(
      flag(),
      'Keep the state in Redis, where several instances share it.',
      'true where `url` or `sentinels` is given',
    ),
    host: defaulted(anyText(), 'localhost', 'Host of the server.'),
    port: defaulted(integer(1, 65_535), '6379', 'Port of the server.'),
    url: optional(redisUrl, '`redis://` or `rediss://` URL, instead of host and port.'),
    sentinels: z
      .array(required(hostAndPort('10.0.0.1:26379'), 'host:port of a sentinel, instead of host and port.'))
      .prefault([]),
    name: optional(anyText(), 'Name of the master, for `sentinels`.'),
    username: optional(anyText(), 'User of Redis 6 and later.'),
    password: optional(secret(), 'Password.'),
    database: defaulted(integer(0, 15), '0', 'Number of the database.'),
    key_prefix: defaulted(
      shaped('text', /^[^\s{}]+$/, 'holds a space or a brace', 'Use letters, digits, - and :'),
      's3-streamer',
      'What all keys begin with: the same for instances that share their work.',
    ),
    tls: z
      .strictObject({ enabled: defaulted(flag(), 'false', 'Speak TLS.'), ...tlsFiles })
      .prefault({})
      .register(sectionAbout, { about: 'TLS to Redis.' }),
    lease_ttl: defaulted(duration('3s', '10m'), '15s', "A dead instance's objects are taken over after this time."),
  })
  .prefault({})
  .register(sectionAbout, { about: 'State that several instances share.' });

export const state = z
  .strictObject({
    file_path: defaulted(anyText(), '/var/lib/s3-streamer/state.json', 'File of the local state.'),
    save_interval: defaulted(
      duration('10ms', '10m'),
      '1s',
      'Progress is durable after this time at the latest. Longer: fewer writes, but more duplicates after a crash.',
    ),
    redis,
  })
  .prefault({})
  .register(sectionAbout, { about: 'What the streamer remembers.' });

export const audit = z
  .strictObject({
    retention: defaulted(duration('1h', '400d'), '7d', 'How far back `audit` can tell what became of an object.'),
  })
  .prefault({})
  .register(sectionAbout, { about: 'What is kept for `audit`.' });
