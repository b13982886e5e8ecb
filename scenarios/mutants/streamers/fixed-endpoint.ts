import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'fixed-endpoint',
  why: 'Each body has its endpoint for life: a dead endpoint keeps its share.',
  originalFault: 10,
  edits: [
    {
      file: 'core/endpoint-picker.ts',
      search: '    const usable = [...this.#endpoints.keys()].filter((index) => this.#isUsable(index, nowMs));',
      replace: `    const usable = [...this.#endpoints.keys()].filter(
      (index) => index === bytes % this.#endpoints.length && this.#isUsable(index, nowMs),
    );`,
    },
  ],
};
