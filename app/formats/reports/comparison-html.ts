import type { Comparison } from '~/domain/comparison/comparison'
import { describeEvidence } from '~/domain/comparison/describe-evidence'
import {
  describeDifference,
  describeRest,
  tabulateConfusion,
  tabulateFigures,
  tabulateRules,
  tabulateSlices,
} from '~/domain/comparison/tabulate'
import { formatCount } from '~/domain/figures'
import { escapeHtml } from '../escape'
import { htmlPage } from './html-page'
import { describeAnswer, describeSources, type ReportFlip, type ReportSources } from './report-flip'
import { htmlTable } from './report-table'

export type ReportedFlips = { regressed: readonly ReportFlip[]; fixed: readonly ReportFlip[] }

/** One self-contained page: no script, no request, content blurred until its box is ticked. */
export function writeComparisonHtml(comparison: Comparison, flips: ReportedFlips, sources?: ReportSources): string {
  return htmlPage(
    comparison.sentence,
    `<h1 class="${comparison.verdict}">${escapeHtml(comparison.sentence)}</h1>${comparisonBody(comparison, flips, sources)}`,
  )
}

/** The page without its heading, also part of a gate's. */
export function comparisonBody(comparison: Comparison, flips: ReportedFlips, sources?: ReportSources): string {
  const { baseline, candidate, slices, rulePairs } = comparison
  const counts = comparison.flips
  return `
<p><strong class="fixed">▲ ${formatCount(counts.fixed)} fixed</strong>, <strong class="regressed">▼ ${formatCount(counts.regressed)} regressed</strong>, ${describeRest(counts)}.</p>
<p>${escapeHtml(describeDifference(comparison))}</p>
${comparison.warnings.map((warning) => `<p class="warning">⚠ ${escapeHtml(warning)}</p>`).join('\n')}
<h2>Evidence</h2>
<dl>
${describeEvidence(comparison)
  .map(({ name, text }) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(text)}</dd>`)
  .join('\n')}
</dl>
${htmlTable('Both sides', tabulateFigures(comparison))}
${htmlTable('Confusion, baseline → candidate', tabulateConfusion(comparison))}
${slices.length === 0 ? '' : htmlTable('Slices, most harm first', tabulateSlices(slices))}
${rulePairs ? htmlTable('Rules, by (case, rule) pair', tabulateRules(rulePairs)) : ''}
${flipList('Regressed', flips.regressed, counts.regressed)}
${flipList('Fixed', flips.fixed, counts.fixed)}
<footer>baseline ${escapeHtml(baseline.replay)}, prompt ${escapeHtml(baseline.promptHash)}, golden revision ${baseline.goldenRevision} · candidate ${escapeHtml(candidate.replay)}, prompt ${escapeHtml(candidate.promptHash)}, golden revision ${candidate.goldenRevision}${sources ? ` · golden set ${escapeHtml(describeSources(sources))}` : ''}</footer>`
}

function flipList(title: string, flips: readonly ReportFlip[], total: number): string {
  if (flips.length === 0) return ''
  // What also flips when the same version is asked again says little about the prompt: it stands apart, at the end.
  const lists: Array<[heading: string, rows: ReportFlip[]]> = [
    ['', flips.filter((flip) => !flip.noise)],
    ['Noise: these cases also flip when the same version is asked again', flips.filter((flip) => flip.noise)],
  ]
  const shown = total > flips.length ? `the worst ${formatCount(flips.length)} of ${formatCount(total)}` : formatCount(total)
  return `<section><h2>${title} (${shown})</h2>\n${lists
    .filter(([, rows]) => rows.length > 0)
    .map(
      ([heading, rows]) =>
        `${heading ? `<h3>${heading}</h3>\n` : ''}${rows.map((flip, index) => flipArticle(flip, `${title.toLowerCase()}${heading ? '-noise' : ''}-${index}`)).join('\n')}`,
    )
    .join('\n')}\n</section>`
}

function flipArticle(flip: ReportFlip, field: string): string {
  const rules = Object.entries(flip.expected?.rules ?? {}).map(([rule, applies]) => (applies ? rule : `not ${rule}`))
  return `<article>
<h4>${escapeHtml(flip.id)}${flip.mustPass ? ' <em>must pass</em>' : ''}</h4>
<p>expected <b>${escapeHtml([flip.expected?.label ?? 'n/a', ...rules].join(' '))}</b>; baseline <b>${escapeHtml(describeAnswer(flip.baseline))}</b>; candidate <b>${escapeHtml(describeAnswer(flip.candidate))}</b></p>
<input type="checkbox" id="${field}"><label for="${field}">show the content</label>
<blockquote hidden class="content" dir="auto">${escapeHtml(flip.content)}</blockquote>
${flip.note ? `<p hidden class="note content" dir="auto">${escapeHtml(flip.note)}</p>` : ''}
${rationale('baseline', flip.baseline?.rationale)}${rationale('candidate', flip.candidate?.rationale)}
</article>`
}

const rationale = (side: string, text: string | undefined) =>
  text ? `<p hidden class="content" dir="auto"><i>${side}:</i> ${escapeHtml(text)}</p>` : ''
