/** The measured points: one line of JSON each, in a folder that outlives the run. What was measured is kept, whatever ends the work. */
import { appendFileSync, existsSync, mkdirSync, readFileSync, truncateSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type CapacityPoint, pointSchema } from '#reports';
import { HarnessError, messageOf } from '#simulator';

const fileName = 'points.jsonl';

export class PointStore {
  readonly file: string;

  constructor(folder: string) {
    this.file = join(resolve(folder), fileName);
    try {
      mkdirSync(resolve(folder), { recursive: true });
    } catch (error) {
      throw new HarnessError(
        'usage',
        `Measured points cannot be kept in ${folder}: ${messageOf(error)}. Name another folder with --out.`,
        { cause: error },
      );
    }
  }

  append(point: CapacityPoint): void {
    appendFileSync(this.file, `${JSON.stringify(pointSchema.parse(point))}\n`);
  }

  /** In the order in which they were measured. A last line that a crash cut off is taken out; anything else that is no point is an error. */
  read(): readonly CapacityPoint[] {
    if (!existsSync(this.file)) return [];
    const text = readFileSync(this.file, 'utf8');
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    if (whole.length < text.length) truncateSync(this.file, Buffer.byteLength(whole));
    return whole
      .split('\n')
      .slice(0, -1)
      .map((line, index) => this.#parse(line, index + 1));
  }

  #parse(line: string, number: number): CapacityPoint {
    try {
      return pointSchema.parse(JSON.parse(line));
    } catch (error) {
      throw new HarnessError(
        'usage',
        `${this.file}, line ${number}, is no measured point of this version (${messageOf(error)}). Move the file away, or name another folder with --out.`,
        { cause: error },
      );
    }
  }
}
