/** What a capacity report consists of, whatever it is about: made once from its result, and written as text, Markdown and HTML. */

export interface ReportDocument {
  readonly title: string;
  /** What was found, in a sentence: it answers the question that the command was asked. */
  readonly answer: string;
  /** What the reader must know before using it. */
  readonly warnings: readonly string[];
  readonly tables: readonly ReportTable[];
  readonly charts: readonly XyChart[];
  /** Text to be copied as it stands. */
  readonly listings: readonly { readonly title: string; readonly text: string }[];
  readonly replay: string;
}

export interface ReportTable {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export interface XyChart {
  readonly title: string;
  readonly xUnit: string;
  readonly yUnit: string;
  readonly series: readonly XySeries[];
}

export interface XySeries {
  readonly name: string;
  /** `band` fills from `y` up to `yHigh`. */
  readonly kind: 'line' | 'dots' | 'band';
  readonly points: readonly { readonly x: number; readonly y: number; readonly yHigh?: number }[];
}
