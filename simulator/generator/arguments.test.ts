import { describe, expect, it, vi } from 'vitest';
import { parseGeneratorArguments, parseRate, type GeneratorArguments } from './arguments.ts';

const required = ['--s3', 'http://127.0.0.1:9000', '--bucket', 'logs'];

function parse(...args: string[]): GeneratorArguments {
  return parseGeneratorArguments(['node', 'main.ts', ...required, ...args]);
}

/** What a user sees on stderr or stdout before the parser gives up. */
function refusal(...args: string[]): string {
  const shown: string[] = [];
  const catchText = (text: string | Uint8Array): boolean => {
    shown.push(String(text));
    return true;
  };
  const streams = [process.stderr, process.stdout].map((stream) =>
    vi.spyOn(stream, 'write').mockImplementation(catchText),
  );
  try {
    parseGeneratorArguments(['node', 'main.ts', ...args]);
    return '';
  } catch {
    return shown.join('');
  } finally {
    for (const stream of streams) stream.mockRestore();
  }
}

describe('parseGeneratorArguments', () => {
  it('uploads the documented load at the documented rate when told nothing else', () => {
    expect(parse()).toEqual({
      endpoint: 'http://127.0.0.1:9000',
      bucket: 'logs',
      createsBucket: false,
      prefix: '',
      region: 'us-east-1',
      load: { kind: 'documented', objects: 60 },
      from: 0,
      count: null,
      schedule: { kind: 'constant', rate: { rawMBPerMin: 228 } },
      startAtMs: null,
      stampsMs: null,
      aheadMs: 0,
      damage: new Map(),
      seed: 1,
      concurrencyMax: 64,
      recordPath: null,
      notifyUrl: null,
      printsJson: false,
    });
  });

  it('reads what the harness passes', () => {
    const options = parse(
      ...'--prefix /feed/ --load dir --from 5 --count 10 --start-at 1760305292000'.split(' '),
      ...'--schedule bursts --rate 2280MB/min --burst-every 15s --record u.ndjson --json'.split(' '),
      ...'--stamps 1760218892000,1760305292000 --damage 3:bomb,7:long-line'.split(' '),
      ...'--notify http://127.0.0.1:4566/000000000000/events'.split(' '),
    );
    expect(options).toMatchObject({
      prefix: 'feed/',
      load: { kind: 'folder', dir: 'dir' },
      from: 5,
      count: 10,
      startAtMs: 1_760_305_292_000,
      stampsMs: { from: 1_760_218_892_000, to: 1_760_305_292_000 },
      damage: new Map([
        [3, 'bomb'],
        [7, 'long-line'],
      ]),
      schedule: { kind: 'bursts', rate: { rawMBPerMin: 2_280 }, everyMs: 15_000 },
      recordPath: 'u.ndjson',
      notifyUrl: 'http://127.0.0.1:4566/000000000000/events',
      printsJson: true,
    });
    expect(parse('--schedule', 'max')).toMatchObject({ schedule: null, concurrencyMax: 8 });
  });

  it('reads rates as multiples of the documented one, as bytes, and as objects', () => {
    expect(['1x', '10x', '0.5x', '500MB/min', '20MB/s', '5/s'].map(parseRate)).toEqual([
      { rawMBPerMin: 228 },
      { rawMBPerMin: 2_280 },
      { rawMBPerMin: 114 },
      { rawMBPerMin: 500 },
      { rawMBPerMin: 1_200 },
      { objectsPerS: 5 },
    ]);
  });

  it.each([
    [[], "required option '--s3 <url>'"],
    [[...required, '--rate', '5'], '1x, 500MB/min, 20MB/s or 5/s'],
    [[...required, '--rate', '0x'], 'above 0'],
    [[...required, '--schedule', 'often'], 'constant, poisson, bursts, max'],
    [[...required, '--schedule', 'max', '--rate', '1x'], 'leave --rate out'],
    [[...required, '--burst-every', '1s'], 'belongs to --schedule bursts'],
    [[...required, '--schedule', 'bursts', '--burst-every', '0s'], 'above 0'],
    [[...required, '--load', 'dir', '--objects', '3'], 'contradict'],
    [[...required, '--count', '0'], 'at least 1'],
    [[...required, '--stamps', '5,4'], 'the earlier one first'],
    [[...required, '--damage', '3:rust'], '3:bomb,7:long-line'],
    [[...required, '--seed', '-1'], 'whole number'],
    [['--s3', '127.0.0.1:9000', '--bucket', 'logs'], 'a URL such as'],
    [[...required, '--notify', 'events'], 'a URL such as'],
    [[...required, 'stray'], 'too many arguments'],
  ])('explains what is wrong with %j', (args, message) => {
    expect(refusal(...args)).toContain(message);
  });

  it('has a --help that fits a screen', () => {
    const lines = refusal('--help').trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(30);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(90);
  });
});
