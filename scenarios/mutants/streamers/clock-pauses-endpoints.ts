import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'clock-pauses-endpoints',
  why: 'When the clock is set back, an endpoint stays paused for that time too.',
  originalFault: null,
  edits: [
    {
      file: 'delivery.ts',
      search: '    return this.#pickerTime.at(this.#ports.clock.now());',
      replace: '    return this.#ports.clock.now();',
    },
  ],
};
