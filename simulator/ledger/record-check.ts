/** Judges a body as an agent before 2.11 takes it: as one record, whatever newlines it holds. So only a body of one line can be right. */
import type { LineNamer } from './line-namer.ts';
import { isRun } from './line-table.ts';
import { type BodyReader, type BodyVerdict, excerptOf, type Finding } from './verdict.ts';

export class RecordCheck implements BodyReader {
  readonly #namer: LineNamer;
  readonly #chunks: Buffer[] = [];

  constructor(namer: LineNamer) {
    this.#namer = namer;
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
  }

  finish(): BodyVerdict {
    const body = Buffer.concat(this.#chunks);
    const findings = body.length === 0 ? [] : [this.#judge(body)];
    return { bytes: body.length, lines: findings.length, findings, isFastPath: false };
  }

  #judge(body: Buffer): Finding {
    const named = this.#namer.name(body, 0, body.length);
    if (named === null) return { kind: 'unexpected', lines: 1, excerpt: excerptOf(body, 0, body.length) };
    const { index, line, table } = named;
    const kind = isRun(table, line, line + 1, body, 0, body.length) ? 'exact' : 'corrupt';
    return { kind, index, first: line, end: line + 1 };
  }
}
