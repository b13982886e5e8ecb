/** The top of the page: verdict, the answers a reader looks for first, and how to run it again. */
import {
  checkState,
  formatActual,
  formatAmount,
  formatLimit,
  formatNumber,
  formatSeconds,
  formatTime,
} from '../format.ts';
import { headlines, VERDICT_WORDS } from '../headline.ts';
import type { Headline } from '../headline.ts';
import type { Check, Problem, Result } from '../model.ts';
import { describeLoad, eventTime, faultsOf, isLedgerCalm, LEDGER_NOTE, ledgerTitle, nextStep } from '../story.ts';
import { PROBLEM_WORDS } from '../words.ts';
import { html } from './markup.ts';
import type { Html } from './markup.ts';

const PROBLEMS_MAX = 20;

export function header(result: Result): Html {
  const { scenario, purpose, proves, load, environment, seed, startedAt, streamer, throughput } = result;
  const s3 = [environment.s3.kind, environment.s3.version].filter((part) => part !== null).join(' ');
  const facts = [
    formatTime(startedAt),
    `${describeLoad(load)}, ${formatSeconds(throughput.windowS)}`,
    ...(streamer.instances === 1 ? [] : [formatAmount(streamer.instances, 'instances')]),
    `S3 ${s3}`,
    `Redis ${[environment.redis.kind, environment.redis.version].filter((part) => part !== null).join(' ')}`,
    `seed ${seed}`,
  ];
  return html`<header>
    <p class="brand"><strong>s3-edgedelta-streamer</strong> run report</p>
    <div class="title">
      <p class="verdict ${result.verdict}">${VERDICT_WORDS[result.verdict]}</p>
      <div>
        <h1>${scenario}</h1>
        <p class="purpose">${purpose}</p>
        ${proves === null ? null : html`<p class="proves">Evidence for: ${proves}</p>`}
      </div>
    </div>
    <ul class="facts">
      ${facts.map((fact) => html`<li>${fact}</li>`)}
    </ul>
    ${reasons(result)}
    <div class="headlines">${headlines(result).map(headlineCard)}</div>
    ${problems(result)} ${story(result)}
    <p class="replay"><span>Run it again</span><code>${result.replay}</code></p>
  </header>`;
}

function reasons(result: Result): Html | null {
  const { verdict, verdictReasons, checks } = result;
  const next = nextStep(result);
  if (verdictReasons.length === 0) return null;
  const failed = checks.filter(({ ok }) => !ok).length;
  const sentence =
    verdict === 'invalid'
      ? 'This run proves nothing: it is neither a pass nor a fail.'
      : `${failed} of ${checks.length} checks failed.`;
  return html`<section class="reasons ${verdict}" aria-label="Why">
    <p>${sentence}</p>
    <ul>
      ${verdictReasons.map((reason) => html`<li>${reason}</li>`)}
    </ul>
    ${next === null ? null : html`<p class="next">${next}</p>`}
  </section>`;
}

function headlineCard({ question, answer, tone, facts }: Headline): Html {
  return html`<section class="headline ${tone}">
    <h2>${question}</h2>
    <p class="answer">${answer}</p>
    ${facts.map((fact) => html`<p class="fact">${fact}</p>`)}
  </section>`;
}

/** What was done to the run, and what was asked of it. */
function story(result: Result): Html {
  const { checks } = result;
  const faults = faultsOf(result);
  const wanted = ownChecks(result);
  const passed = checks.filter(({ ok }) => ok).length;
  const done =
    faults.length === 0
      ? html`<p>No faults: the load alone.</p>`
      : html`<ol>
          ${faults.map((event) => html`<li>${event.label} <span class="muted">${eventTime(event)}</span></li>`)}
        </ol>`;
  return html`<section class="story">
    <div>
      <h2>What was done to it</h2>
      ${done}
    </div>
    <div>
      <h2>What was expected</h2>
      <p>
        ${passed} of ${checks.length}
        <a href="#checks">checks</a> passed${wanted.length === 0 ? '.' : '. Of this scenario’s own:'}
      </p>
      <ul>
        ${wanted.map(
          (check) =>
            html`<li>
              ${check.name}: ${formatActual(check)}
              <span class="muted">(${formatLimit(check)})</span> ${failedTag(check)}
            </li>`,
        )}
      </ul>
    </div>
  </section>`;
}

function failedTag(check: Check): Html | null {
  if (check.ok) return null;
  return checkState(check) === 'unknown'
    ? html`<span class="tag">not measured</span>`
    : html`<span class="tag lost">failed</span>`;
}

/** That nothing is lost, altered or repeated is asked of every run, and stands above. */
function ownChecks({ checks }: Result): Check[] {
  return checks.filter(({ kind, path }) => kind !== 'validity' && !path.startsWith('delivery.'));
}

function problems(result: Result): Html | null {
  const { delivery } = result;
  if (delivery.problems.length === 0) return null;
  const shown = delivery.problems.slice(0, PROBLEMS_MAX);
  const omitted = delivery.problems.length - shown.length + delivery.problemsOmitted;
  const items = html`<ul>
      ${shown.map(problemItem)}
      ${omitted === 0 ? null : html`<li class="muted">and ${formatNumber(omitted)} more, see result.json</li>`}
    </ul>
    <p class="footnote">${LEDGER_NOTE}</p>`;
  if (isLedgerCalm(result))
    return html`<details class="problems">
      <summary>${ledgerTitle(result)}</summary>
      ${items}
    </details>`;
  return html`<section class="problems">
    <h2>${ledgerTitle(result)}</h2>
    ${items}
  </section>`;
}

function problemItem({ kind, key, firstLine, lastLine, note }: Problem): Html {
  const lines =
    firstLine === null || lastLine === null
      ? null
      : html`, lines ${formatNumber(firstLine)} to ${formatNumber(lastLine)}`;
  const where = key === null ? html`no known file` : html`<code>${key}</code>`;
  return html`<li>
    <span class="tag ${kind}">${PROBLEM_WORDS[kind]}</span>
    ${where}${lines}${note === null ? null : html` <span class="muted">(${note})</span>`}
  </li>`;
}
