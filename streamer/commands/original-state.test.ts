import { describe, expect, it } from 'vitest';
import { adviceFor, parseOriginalState } from './original-state.ts';

describe("the original's state.json", () => {
  it('is read as the original writes it, in epoch seconds', () => {
    const text = `{
  "last_processed_timestamp": 1760305292,
  "last_processed_file": "/_weblog/1760305292_56442_130_1.gz",
  "total_files_processed": 315340,
  "total_bytes_processed": 2880000000000,
  "last_updated": 1760305300
}`;
    expect(parseOriginalState(text)).toEqual({
      kind: 'progress',
      progress: {
        watermarkMs: 1_760_305_292_000,
        savedMs: 1_760_305_300_000,
        files: 315_340,
        bytes: 2_880_000_000_000,
      },
    });
  });

  it('may hold ISO times or milliseconds, and lack all but the watermark', () => {
    const expected = {
      kind: 'progress',
      progress: { watermarkMs: 1_760_305_292_000, savedMs: null, files: 0, bytes: 0 },
    };
    expect(parseOriginalState('{"last_processed_timestamp": "2025-10-12T21:41:32Z"}')).toEqual(expected);
    expect(parseOriginalState('{"last_processed_timestamp": 1760305292000, "last_updated": 0}')).toEqual(expected);
  });

  it('without progress is no progress, and what is no such file is told apart from that', () => {
    expect(parseOriginalState('{"last_processed_timestamp": 0}')).toEqual({ kind: 'empty' });
    for (const text of ['', 'null', '[]', '{"last_processed_timestamp": "soon"}', '{"last_processed_timestamp": null}'])
      expect(parseOriginalState(text).kind).toBe('unreadable');
  });

  it('comes with a command that a shell understands', () => {
    const state = parseOriginalState('{"last_processed_timestamp": 1760305292}');
    expect(adviceFor(state, "/var/lib/o'brien's state.json", '/etc/config.yaml')).toContain(
      String.raw`state migrate --from '/var/lib/o'\''brien'\''s state.json' --config /etc/config.yaml`,
    );
  });
});
