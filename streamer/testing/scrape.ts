/** Reads Prometheus' text format as far as our metrics use it. */

interface ScrapedSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Scraped {
  /** Kind by name, from the TYPE lines. */
  readonly kinds: ReadonlyMap<string, string>;
  readonly samples: readonly ScrapedSample[];
}

const SAMPLE = /^(\w+)(?:\{(.*)\})? (\S+)$/;
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g;

export function parseScrape(text: string): Scraped {
  const kinds = new Map<string, string>();
  const samples: ScrapedSample[] = [];
  for (const line of text.split('\n').filter((each) => each !== '')) {
    const [, name = '', kind = ''] = /^# TYPE (\w+) (\w+)$/.exec(line) ?? [];
    if (name !== '') kinds.set(name, kind);
    if (line.startsWith('#')) continue;
    const sample = SAMPLE.exec(line);
    if (sample === null) throw new TypeError(`no sample: ${line}`);
    const labels = Object.fromEntries(
      [...(sample[2] ?? '').matchAll(LABEL)].map(([, label = '', value = '']) => [label, value]),
    );
    samples.push({ name: sample[1] ?? '', labels, value: Number(sample[3]) });
  }
  return { kinds, samples };
}

/** Sum over the samples that have these labels, whatever others they have. */
export function sumOf({ samples }: Scraped, name: string, labels: Readonly<Record<string, string>> = {}): number {
  return samples
    .filter(
      (sample) =>
        sample.name === name && Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
    )
    .reduce((sum, { value }) => sum + value, 0);
}
