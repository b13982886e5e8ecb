/** The keys of the EdgeDelta HTTP inputs. */
import * as z from 'zod';
import { defaulted, ignored, optional, required, sectionAbout } from './key.ts';
import { choice, duration, httpUrl, integer, secret, size, anyText } from './kinds.ts';

export const tlsFiles = {
  ca_file: optional(anyText(), 'PEM file of the authorities to trust.', "Node's own"),
  cert_file: optional(anyText(), 'PEM file of the client certificate.'),
  key_file: optional(anyText(), 'PEM file of the private key of the client certificate.'),
};

const auth = z
  .strictObject({
    type: defaulted(choice('none', 'bearer', 'basic'), 'none', 'How the streamer names itself to the endpoints.'),
    token: optional(secret(), 'Token, for `bearer`.'),
    username: optional(anyText(), 'User name, for `basic`.'),
    password: optional(secret(), 'Password, for `basic`.'),
  })
  .prefault({})
  .register(sectionAbout, {
    about: 'Authorization at the endpoints. Take secrets from the environment: `token: ${NAME}`.',
  });

export const http = z
  .strictObject({
    endpoints: z
      .array(required(httpUrl(), 'URL of an EdgeDelta HTTP input; the load is shared among them.'))
      .optional(),
    batch_lines: defaulted(
      integer(1, 1_000_000),
      '1000',
      'Most lines in a batch; 1 for EdgeDelta agents before 2.11, which take the body of a POST for one record.',
    ),
    batch_bytes: defaulted(size('1KiB', '10MiB'), '1048576', 'Most bytes in a batch; a longer line travels alone.'),
    flush_interval: defaulted(
      duration('1ms', '10m'),
      '1s',
      'A batch that is not full is sent after this time at the latest.',
    ),
    workers: defaulted(integer(1, 1000), '10', 'Concurrent POSTs over all endpoints.'),
    buffer_size: defaulted(
      integer(1, 100_000),
      '50000',
      'Most lines held between S3 and HTTP; when it is full, reading pauses.',
    ),
    buffer_bytes: optional(
      size('64KiB', '16GiB'),
      'Most bytes held between S3 and HTTP; this or `buffer_size`, whichever is full first.',
      '64MiB, but at most a quarter of `memory.limit`',
    ),
    on_full: defaulted(
      choice('block', 'drop'),
      'block',
      'When the buffer is full: `block` pauses reading and loses nothing; `drop` throws away what finds no room for a second. Lines are then lost: counted in `http_buffer_drops_total`, and durably in the state (`state show`).',
    ),
    compression: defaulted(
      choice('none', 'gzip', 'passthrough'),
      'none',
      'How bodies are sent. `passthrough` forwards the gzip bytes of an object unopened, for formats whose lines are delivered as they stand: see [performance.md](performance.md#pass-through) for what that gives up.',
    ),
    passthrough_bytes: defaulted(
      size('1KiB', '16MiB'),
      '16MiB',
      'Largest object, as stored, that `passthrough` forwards unopened, at most a quarter of `memory.limit`; what is larger is sent line by line. Not above the largest body that the endpoints take.',
    ),
    timeout: defaulted(duration('100ms', '1h'), '30s', 'Longest time for one POST.'),
    tls_handshake_timeout: defaulted(
      duration('100ms', '10m'),
      '10s',
      'Longest time to open a connection, TLS included.',
    ),
    response_header_timeout: defaulted(
      duration('100ms', '1h'),
      '10s',
      'Longest wait for the answer to begin once the batch is sent.',
    ),
    idle_conn_timeout: defaulted(duration('1s', '1h'), '90s', 'An idle connection is closed after this time.'),
    max_idle_conns: ignored(
      'Size of the connection pool.',
      'each concurrent POST has a connection of its own: see http.workers',
    ),
    expect_continue_timeout: ignored('Wait for 100 Continue.', 'batches are sent without Expect: 100-continue'),
    auth,
    headers: z.record(z.string(), required(secret(), 'A header that every POST carries.')).prefault({}),
    tls: z.strictObject(tlsFiles).prefault({}).register(sectionAbout, { about: 'TLS to `https://` endpoints.' }),
  })
  .prefault({})
  .register(sectionAbout, { about: 'The EdgeDelta HTTP inputs, and how lines get there.' });
