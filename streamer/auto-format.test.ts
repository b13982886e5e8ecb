/** `auto`, where names tell nothing: the content does, once for each folder. */
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { parseConfig } from './config/parse.ts';
import { createPipeline } from './pipeline.ts';
import { fakeInflate, RecordedEvents } from './testing/fakes.ts';
import { createWorld, testConfig, type World } from './testing/world.ts';

const HEADING = '"Timestamp","Policy Identity","Identities"';
const MINUTE_MS = 60_000;

async function deliverAll(world: World, keys: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const { config } = parseConfig(
    's3: {bucket: logs, region: eu-west-1}\nhttp: {endpoints: [http://agent-0:1]}\nprocessing: {default_format: auto}\n',
    {},
    'test.yaml',
  );
  const contentTypes = new Map<string, string>();
  world.sink.onPost = (request, body) => {
    for (const line of body.split('\n').slice(0, -1)) contentTypes.set(line, request.contentType);
    return null;
  };
  const { clock, s3, sink, state } = world;
  const base = testConfig();
  const pipeline = createPipeline(
    {
      clock,
      random: { next: () => 0.5 },
      objects: s3,
      inflate: fakeInflate,
      sink,
      state,
      events: new RecordedEvents(),
    },
    { ...base, s3: config.s3, processing: { ...base.processing, formats: config.processing.formats } },
  );
  const stop = new AbortController();
  let isEnded = false;
  void pipeline.run(stop.signal, new AbortController().signal).then(() => (isEnded = true));
  await clock.runUntil(() => state.complete.size === keys.length, MINUTE_MS);
  stop.abort();
  await clock.runUntil(() => isEnded, MINUTE_MS);
  return contentTypes;
}

function put(world: World, key: string, lines: readonly string[]): string {
  world.s3.put(key, gzipSync(lines.map((line) => `${line}\n`).join('')));
  return key;
}

describe('an object whose name tells no format', () => {
  it('is read by its content: heading and content type are those of the format', async () => {
    const world = createWorld({ endpoints: 1 });
    const keys = [
      put(world, 'umbrella/export-1', [HEADING, '"2025-09-09 12:00:00","a","b"']),
      put(world, 'web/export-1', ['[', ',{"sourcetype":"zscalernss-web","event":{}}', ']']),
      put(world, 'other/export-1', ['user,action', 'ann,login']),
    ];
    const contentTypes = await deliverAll(world, keys);
    expect(contentTypes).toEqual(
      new Map([
        ['"2025-09-09 12:00:00","a","b"', 'text/plain'],
        ['{"sourcetype":"zscalernss-web","event":{}}', 'application/x-ndjson'],
        ['user,action', 'application/x-ndjson'],
        ['ann,login', 'application/x-ndjson'],
      ]),
    );
  });

  it('and whose content tells none is read as the first one of its folder that had a line, but loses no line as a heading', async () => {
    const world = createWorld({ endpoints: 1 });
    const keys = [
      put(world, 'u/1-empty', []),
      put(world, 'u/2', [HEADING, 'first']),
      put(world, 'u/3', ['a line of words', 'second']),
      put(world, 'u/4', ['{"sourcetype":"zscalernss-web","event":{}}']),
      put(world, 'u/app-4.json', ['{"a":1}']),
    ];
    const contentTypes = await deliverAll(world, keys);
    expect(contentTypes).toEqual(
      new Map([
        ['first', 'text/plain'],
        ['a line of words', 'text/plain'],
        ['second', 'text/plain'],
        ['{"sourcetype":"zscalernss-web","event":{}}', 'application/x-ndjson'],
        ['{"a":1}', 'application/x-ndjson'],
      ]),
    );
  });
});
