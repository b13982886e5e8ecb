/** How many tests and scenarios passed and failed; a failed check of another kind counts as one failure. */

export class Tally {
  passed = 0;
  failed = 0;
  skipped = 0;

  add(count: { readonly passed?: number; readonly failed?: number; readonly skipped?: number }): void {
    this.passed += count.passed ?? 0;
    this.failed += count.failed ?? 0;
    this.skipped += count.skipped ?? 0;
  }

  /** The closing line that machines read. */
  toString(): string {
    const skipped = this.skipped === 0 ? '' : `, ${this.skipped} skipped`;
    return `${this.passed} passed, ${this.failed} failed${skipped}`;
  }
}
