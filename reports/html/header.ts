/** The top of the page: verdict, the answers a reader looks for first, and how to run it again. */
import { formatNumber, formatSeconds, formatTime } from '../format.ts';
import { headlines, VERDICT_WORDS } from '../headline.ts';
import type { Headline } from '../headline.ts';
import type { Problem, Result } from '../model.ts';
import { PROBLEM_WORDS } from '../words.ts';
import { html } from './markup.ts';
import type { Html } from './markup.ts';

const PROBLEMS_MAX = 20;

export function header(result: Result): Html {
  const { scenario, purpose, load, environment, seed, startedAt, throughput } = result;
  const s3 = [environment.s3.kind, environment.s3.version].filter((part) => part !== null).join(' ');
  const facts = [
    formatTime(startedAt),
    `${load.rate} ${load.schedule}, ${formatSeconds(throughput.windowS)}`,
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
      </div>
    </div>
    <ul class="facts">
      ${facts.map((fact) => html`<li>${fact}</li>`)}
    </ul>
    ${reasons(result)}
    <div class="headlines">${headlines(result).map(headlineCard)}</div>
    ${problems(result)}
    <p class="replay"><span>Run it again</span><code>${result.replay}</code></p>
  </header>`;
}

function reasons({ verdict, verdictReasons, checks }: Result): Html | null {
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
  </section>`;
}

function headlineCard({ question, answer, tone, facts }: Headline): Html {
  return html`<section class="headline ${tone}">
    <h2>${question}</h2>
    <p class="answer">${answer}</p>
    ${facts.map((fact) => html`<p class="fact">${fact}</p>`)}
  </section>`;
}

function problems({ delivery }: Result): Html | null {
  if (delivery.problems.length === 0) return null;
  const shown = delivery.problems.slice(0, PROBLEMS_MAX);
  const omitted = delivery.problems.length - shown.length + delivery.problemsOmitted;
  return html`<section class="problems">
    <h2>What the ledger found</h2>
    <ul>
      ${shown.map(problemItem)}
      ${omitted === 0 ? null : html`<li class="muted">and ${formatNumber(omitted)} more, see result.json</li>`}
    </ul>
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
