import type { Mutant } from '../mutant.ts';

export const mutant: Mutant = {
  name: 'private-while-away',
  why: 'While Redis does not answer, each instance reads what it finds.',
  originalFault: 6,
  world: 'redis',
  edits: [
    {
      file: 'offers.ts',
      search: `    const answers = await this.#ask(context, objects, signal);
`,
      replace: `    const answers = await Promise.race([
      this.#ask(context, objects, signal),
      clock.sleep(2_000, signal).then(() => null),
    ]);
    if (answers === null) {
      for (const { task } of due) {
        this.#followed.delete(identityOf(task.object));
        context.ready.push(task, clock.now());
      }
      context.readyChanged.notify();
      return false;
    }
`,
    },
  ],
};
