import type { Comparison, ComparisonSide } from '~/domain/comparison/comparison'
import { escapeHtml } from '../escape'
import { countText, decimalText, percentText, pointsText, usdText } from './figures'
import { htmlPage } from './html-page'
import { describeAnswer, type ReportFlip } from './report-flip'

/** One self-contained page: no script, no request, content blurred until its box is ticked. */
export function writeComparisonHtml(
  comparison: Comparison,
  flips: { regressed: readonly ReportFlip[]; fixed: readonly ReportFlip[] },
): string {
  return htmlPage(comparison.sentence, comparisonBody(comparison, flips))
}

/** The body of the page, also part of a gate's. */
export function comparisonBody(comparison: Comparison, flips: { regressed: readonly ReportFlip[]; fixed: readonly ReportFlip[] }): string {
  const { baseline, candidate, difference } = comparison
  return `
<h1 class="${comparison.verdict}">${escapeHtml(comparison.sentence)}</h1>
<p>Difference ${pointsText(difference.estimate)} points, ${Math.round(difference.confidence * 100)}% CI ${pointsText(difference.lower)} to ${pointsText(difference.upper)} (${escapeHtml(difference.method)}); p = ${decimalText(comparison.pValue.value, 4)} (${escapeHtml(comparison.pValue.method)}); n = ${countText(comparison.n)}; margin ${percentText(comparison.margin).replace('%', '')} points.</p>
${comparison.warnings.map((warning) => `<p class="warning">${escapeHtml(warning)}</p>`).join('\n')}
<table><caption>Both sides</caption><thead><tr><th></th><th>baseline</th><th>candidate</th></tr></thead><tbody>
${figureRows(baseline, candidate)}
</tbody></table>
<p><strong class="fixed">${countText(comparison.flips.fixed)} fixed</strong>, <strong class="regressed">${countText(comparison.flips.regressed)} regressed</strong>, ${countText(comparison.flips.stillRight)} still right, ${countText(comparison.flips.stillWrong)} still wrong, ${countText(comparison.flips.unscored)} unscored; ${countText(comparison.flips.added)} added, ${countText(comparison.flips.removed)} removed, ${countText(comparison.flips.relabelled)} relabelled.</p>
${sliceTable(comparison)}
${flipList('Regressed', flips.regressed, comparison.flips.regressed)}
${flipList('Fixed', flips.fixed, comparison.flips.fixed)}
<footer>baseline ${escapeHtml(baseline.replay)}, prompt ${escapeHtml(baseline.promptHash)}, golden revision ${baseline.goldenRevision} · candidate ${escapeHtml(candidate.replay)}, prompt ${escapeHtml(candidate.promptHash)}, golden revision ${candidate.goldenRevision}</footer>`
}

function figureRows(baseline: ComparisonSide, candidate: ComparisonSide): string {
  const rows: Array<[string, (side: ComparisonSide) => string]> = [
    ['version', (side) => (side.promptVersion === null ? 'draft' : `v${side.promptVersion}`)],
    ['model', (side) => side.model],
    ['scored cases', (side) => countText(side.n)],
    ['accuracy', (side) => percentText(side.accuracy)],
    ['precision', (side) => percentText(side.precision)],
    ['recall', (side) => percentText(side.recall)],
    ['F1', (side) => decimalText(side.f1)],
    ['over-enforcement', (side) => percentText(side.overEnforcement)],
    ['under-enforcement', (side) => percentText(side.underEnforcement)],
    ['wrong rule', (side) => countText(side.wrongRule)],
    ['unscored', (side) => countText(Object.values(side.unscored).reduce((sum, cases) => sum + cases, 0))],
    ['cost', (side) => usdText(side.costUsd)],
  ]
  return rows
    .map(([name, read]) => `<tr><th>${name}</th><td>${escapeHtml(read(baseline))}</td><td>${escapeHtml(read(candidate))}</td></tr>`)
    .join('\n')
}

function sliceTable({ slices }: Comparison): string {
  if (slices.length === 0) return ''
  const rows = slices.map(
    (slice) =>
      `<tr><td>${escapeHtml(slice.by)}</td><td>${escapeHtml(slice.value)}</td><td>${countText(slice.n)}</td><td>${percentText(slice.baseline.accuracy)}</td><td>${percentText(slice.candidate.accuracy)}</td><td>${pointsText(slice.difference.estimate)}</td><td>${countText(slice.flips.fixed)}</td><td>${countText(slice.flips.regressed)}</td><td>${decimalText(slice.pAdjusted, 4)}</td></tr>`,
  )
  return `<table><caption>Slices, most harm first</caption><thead><tr><th>by</th><th>slice</th><th>n</th><th>baseline</th><th>candidate</th><th>points</th><th>fixed</th><th>regressed</th><th>p adj.</th></tr></thead><tbody>\n${rows.join('\n')}\n</tbody></table>`
}

function flipList(title: string, flips: readonly ReportFlip[], total: number): string {
  if (flips.length === 0) return ''
  const items = flips.map((flip, index) => {
    const field = `${title.toLowerCase()}-${index}`
    return `<article>
<h3>${escapeHtml(flip.id)}${flip.mustPass ? ' <em>must pass</em>' : ''}</h3>
<p>expected <b>${escapeHtml(flip.expected?.label ?? 'n/a')}</b>; baseline <b>${escapeHtml(describeAnswer(flip.baseline))}</b>; candidate <b>${escapeHtml(describeAnswer(flip.candidate))}</b></p>
<input type="checkbox" id="${field}"><label for="${field}">show the content</label>
<blockquote class="content" dir="auto">${escapeHtml(flip.content)}</blockquote>
${flip.note ? `<p class="note content">${escapeHtml(flip.note)}</p>` : ''}
${rationale('baseline', flip.baseline?.rationale)}${rationale('candidate', flip.candidate?.rationale)}
</article>`
  })
  return `<section><h2>${title} ${total > flips.length ? `(${countText(flips.length)} of ${countText(total)})` : `(${countText(total)})`}</h2>\n${items.join('\n')}\n</section>`
}

const rationale = (side: string, text: string | undefined) => (text ? `<p class="content"><i>${side}:</i> ${escapeHtml(text)}</p>` : '')
