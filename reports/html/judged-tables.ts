/** Tables in which each row has a judgement: documented figures beside measured ones, and the checks. */
import { checkState, describeMet, describeNote, formatActual, formatAmount, formatLimit } from '../format.ts';
import type { CheckState } from '../format.ts';
import type { Check, DocumentedRow, Result } from '../model.ts';
import { html } from './markup.ts';
import type { Html } from './markup.ts';

interface JudgedRow {
  readonly name: string;
  /** The figure that the measured one is held against. */
  readonly reference: string;
  readonly measured: string;
  readonly state: CheckState | 'neutral';
  readonly word: string;
  readonly note: string;
}

export function documentedTable({ documented, documentedNotes }: Result): Html {
  const sections = [...new Set(documented.map(({ section }) => section))];
  const groups = sections.map((section) => ({
    name: section,
    rows: documented.filter((entry) => entry.section === section).map(documentedRow),
  }));
  return html`${judgedTable(['Metric', 'Documented', 'Measured', 'Result', 'Note'], groups)}
    <div class="aside">
      <h3>Contradictions and gaps of the documentation</h3>
      <ul>
        ${documentedNotes.map((note) => html`<li>${note}</li>`)}
      </ul>
      <p class="muted">± in a note: what still counts as met, where the documented figure is rounded or “about”.</p>
    </div>`;
}

function documentedRow(entry: DocumentedRow): JudgedRow {
  return {
    name: entry.metric,
    reference: entry.documented,
    measured: formatAmount(entry.measured, entry.unit),
    state: entry.met === null ? 'neutral' : entry.met ? 'ok' : 'failed',
    word: describeMet(entry),
    note: describeNote(entry),
  };
}

const CHECK_WORDS: Readonly<Record<CheckState, string>> = { ok: 'passed', failed: 'failed', unknown: 'not measured' };

const KINDS: readonly { readonly kind: Check['kind']; readonly name: string }[] = [
  { kind: 'integrity', name: 'Integrity: is every line there, once and unaltered?' },
  { kind: 'performance', name: 'Performance: is it fast and small enough?' },
  { kind: 'validity', name: 'Validity: does this run prove anything?' },
];

export function checkTable({ checks }: Result): Html {
  const groups = KINDS.map(({ kind, name }) => ({
    name,
    rows: checks.filter((check) => check.kind === kind).map(checkRow),
  }));
  return judgedTable(
    ['Check', 'Required', 'Measured', 'Result', 'Note'],
    groups.filter(({ rows }) => rows.length > 0),
  );
}

function checkRow(check: Check): JudgedRow {
  const state = checkState(check);
  return {
    name: check.name,
    reference: formatLimit(check),
    measured: formatActual(check),
    state,
    word: CHECK_WORDS[state],
    note: check.note ?? '',
  };
}

function judgedTable(
  labels: readonly [string, string, string, string, string],
  groups: readonly { readonly name: string; readonly rows: readonly JudgedRow[] }[],
): Html {
  return html`<table class="judged">
    <thead>
      <tr>
        ${labels.map((label) => html`<th scope="col">${label}</th>`)}
      </tr>
    </thead>
    ${groups.map(
      ({ name, rows }) =>
        html`<tbody>
          <tr class="group">
            <th scope="rowgroup" colspan="5">${name}</th>
          </tr>
          ${rows.map((row) => judgedRow(row, labels[1]))}
        </tbody>`,
    )}
  </table>`;
}

/** On a narrow page the row becomes a block, and the reference is then named in words. */
function judgedRow({ name, reference, measured, state, word, note }: JudgedRow, referenceLabel: string): Html {
  return html`<tr>
    <th scope="row">${name}</th>
    <td class="reference"><span class="narrow">${referenceLabel.toLowerCase()} </span>${reference}</td>
    <td class="measured">${measured}</td>
    <td class="result"><span class="state ${state}">${word}</span></td>
    <td class="note">${note}</td>
  </tr>`;
}
