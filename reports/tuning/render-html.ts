/** The tuning report as one self-contained page, in the dress of the run report. */
import { html } from '../html/markup.ts';
import type { Html } from '../html/markup.ts';
import { htmlPage } from '../html/shell.ts';
import { formatSeconds } from '../format.ts';
import type { TuningArm, TuningClaim, TuningJudgement, TuningResult, TuningRow } from './model.ts';
import {
  afterText,
  alarmOf,
  answerOf,
  beforeText,
  factsOf,
  judgementOrder,
  judgementWords,
  priceText,
  title,
} from './words.ts';

/** The colours of the run report's checks. */
const states: Readonly<Record<TuningJudgement, string>> = {
  confirmed: 'ok',
  depends: 'unknown',
  'not confirmed': 'failed',
  'could not tell': '',
};

export function renderTuningHtml(result: TuningResult): string {
  const alarm = alarmOf(result);
  return htmlPage({
    title,
    icon: null,
    body: html`<header>
        <p class="brand"><strong>s3-edgedelta-streamer</strong> tuning</p>
        <h1>${title}</h1>
        <p class="purpose">${answerOf(result)}</p>
        ${alarm === null ? null : html`<section class="reasons fail"><p>${alarm}</p></section>`}
        <ul class="facts">
          ${factsOf(result).map((fact) => html`<li>${fact}</li>`)}
        </ul>
        ${notConfirmed(result)}
        <p class="replay"><span>Run it again</span><code>${result.replay}</code></p>
      </header>
      <main>${result.rows.map(rowSection)} ${untestedSection(result)} ${armSection(result.arms)}</main>`,
  });
}

/** First what a reader of the documentation must know. */
function notConfirmed({ rows }: TuningResult): Html | null {
  const found = judgementOrder
    .filter((judgement) => judgement !== 'confirmed')
    .toReversed()
    .flatMap((judgement) => rows.filter((row) => row.judgement === judgement));
  if (found.length === 0) return null;
  return html`<section class="reasons invalid" aria-label="Not simply confirmed">
    <p>Not simply confirmed</p>
    <ul>
      ${found.map(
        ({ name, judgement, documented }) =>
          html`<li><a href="#${name}">${name}</a> ${stateMark(judgement)} ${sentenceText(documented)}</li>`,
      )}
    </ul>
  </section>`;
}

/** What stands between backticks is a name of the configuration or of a metric. */
function withCode(text: string): readonly Html[] {
  return text.split('`').map((piece, index) => (index % 2 === 1 ? html`<code>${piece}</code>` : html`${piece}`));
}

function sentenceText(documented: TuningRow['documented']): readonly Html[] {
  return withCode(documented.map(({ text }) => text).join(' / '));
}

function stateMark(judgement: TuningJudgement): Html {
  return html`<span class="state ${states[judgement]}">${judgementWords[judgement]}</span>`;
}

function rowSection({ name, documented, judgement, claims }: TuningRow): Html {
  return html`<section class="block" id="${name}">
    <h2>${name} ${stateMark(judgement)}</h2>
    ${documented.map(({ section, text }) => html`<p class="lead">“${withCode(text)}” <span class="muted">(${section})</span></p>`)}
    <div class="panel">
      <table class="judged">
        <thead>
          <tr>
            <th scope="col">When, and which lever</th>
            <th scope="col">Symptom measured</th>
            <th scope="col">After the lever</th>
            <th scope="col">Judgement</th>
            <th scope="col">Why</th>
          </tr>
        </thead>
        <tbody>
          ${claims.map(claimRow)}
        </tbody>
      </table>
    </div>
  </section>`;
}

function claimRow(claim: TuningClaim): Html {
  const { when, lever, measure, expected, judgement, why } = claim;
  const price = priceText(claim);
  return html`<tr>
    <th scope="row">${when}<span class="meaning">${lever}</span></th>
    <td class="reference">
      <span class="narrow">symptom </span>${beforeText(claim)}<span class="meaning">${measure.name}</span>
    </td>
    <td class="measured">${afterText(claim)}</td>
    <td class="result">${stateMark(judgement)}</td>
    <td class="note">
      ${why}<span class="meaning">Wanted: ${expected}.</span
      >${price === null ? null : html`<span class="meaning">At the price of: ${price}.</span>`}
    </td>
  </tr>`;
}

function untestedSection({ untested }: TuningResult): Html | null {
  if (untested.length === 0) return null;
  return html`<section class="block">
    <h2>Not tested here</h2>
    <div class="panel">
      <ul>
        ${untested.map(({ text, why }) => html`<li>“${withCode(text)}” <span class="muted">${withCode(why)}</span></li>`)}
      </ul>
    </div>
  </section>`;
}

function armSection(arms: readonly TuningArm[]): Html {
  return html`<section class="block">
    <h2>Arms</h2>
    <p class="lead">Each is an ordinary run of the harness, with a report of its own.</p>
    <div class="panel wide">
      <table class="plain">
        <thead>
          <tr>
            <th scope="col">Arm</th>
            <th scope="col">Round</th>
            <th scope="col">What it is</th>
            <th scope="col">Took</th>
            <th scope="col">Problems</th>
          </tr>
        </thead>
        <tbody>
          ${arms.map(armRow)}
        </tbody>
      </table>
    </div>
  </section>`;
}

function armRow({ name, round, purpose, settings, durationS, problems, report }: TuningArm): Html {
  return html`<tr>
    <th scope="row">${report === null ? name : html`<a href="${report}">${name}</a>`}</th>
    <td>${String(round)}</td>
    <td>${purpose}<span class="meaning">${settings.join(', ')}</span></td>
    <td>${formatSeconds(durationS)}</td>
    <td>${problems.join('; ')}</td>
  </tr>`;
}
