/** The table of the mutants, as Markdown: it is read in a terminal and stands in docs/verification.md. */
import type { HuntResult } from '#simulator';
import { describeMachine } from '../environment/machine.ts';
import { describeSeed, type Mutant, worldOf } from './mutant.ts';

export interface HuntedMutant {
  readonly mutant: Mutant;
  readonly result: HuntResult;
}

export function renderMutants(hunted: readonly HuntedMutant[], elapsedS: number): string {
  const rows = hunted.map(({ mutant, result: { killed, worlds } }) => [
    `\`${mutant.name}\``,
    mutant.why,
    mutant.originalFault === null ? '' : String(mutant.originalFault),
    killed === null
      ? `**survives ${worlds} worlds**`
      : `\`${killed.invariant}\`, ${describeSeed(worldOf(mutant), killed.seed)}`,
  ]);
  const head = ['mutant', 'what it does wrong', 'fault of the original', 'killed by'];
  const table = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |\n`).join('');
  const killedCount = hunted.filter(({ result }) => result.killed !== null).length;
  const worlds = hunted.reduce((sum, { result }) => sum + result.worlds, 0);
  const { cores, cpu, node } = describeMachine();
  return `${table}
${killedCount} of ${hunted.length} killed, in ${worlds} worlds and ${elapsedS.toFixed(0)} s, on ${cores} cores of ${cpu}, Node ${node}.
`;
}
