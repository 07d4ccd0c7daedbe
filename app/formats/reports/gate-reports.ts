import type { Comparison } from '~/domain/comparison/comparison'
import type { GateConditionResult, GateEvaluation } from '~/domain/gate/gate-result'
import { escapeHtml, escapeMarkdown, escapeXml } from '../escape'
import { comparisonBody } from './comparison-html'
import { writeComparisonMarkdown } from './comparison-markdown'
import { htmlPage } from './html-page'
import type { ReportFlip } from './report-flip'

/** What the reports need of a gate's result. */
export type ReportedGate = GateEvaluation & {
  name: string
  golden: { set: string; revision: number; contentHash: string }
  model: string
  rehearsal: boolean
  baseline: { prompt: string; promptHash: string }
  candidate: { prompt: string; promptHash: string }
  comparison: Comparison
}

const icons = { pass: '✅', fail: '❌', inconclusive: '⚪' } as const
const words = { pass: 'passed', fail: 'failed', inconclusive: 'inconclusive' } as const
const rehearsalNote = 'Rehearsal: figures of the bundled word matcher, not of a model.'
const markdownFlips = 50

/** The conditions with their evidence, then the comparison; fit for a pull-request comment. */
export function writeGateMarkdown(gate: ReportedGate, regressions: readonly ReportFlip[]): string {
  const lines = [
    `# ${icons[gate.result]} Gate ${escapeMarkdown(gate.name)}: ${words[gate.result]}`,
    '',
    ...(gate.rehearsal ? [`> ${rehearsalNote}`, ''] : []),
    '| | condition | evidence | why not |',
    '|---|---|---|---|',
    ...gate.conditions.map(
      (condition) =>
        `| ${icons[condition.result]} | ${escapeMarkdown(condition.name)} | ${escapeMarkdown(condition.evidence)} | ${escapeMarkdown(condition.reason ?? '')} |`,
    ),
    '',
    writeComparisonMarkdown(gate.comparison, regressions.slice(0, markdownFlips)).trimEnd(),
    `<sub>golden set ${escapeMarkdown(gate.golden.set)}@${gate.golden.revision} \`${gate.golden.contentHash.slice(0, 12)}\` · ${escapeMarkdown(gate.baseline.prompt)} → ${escapeMarkdown(gate.candidate.prompt)} · ${escapeMarkdown(gate.model)}</sub>`,
    '',
  ]
  return lines.join('\n')
}

/** JUnit XML: a test case for each condition. A failed one is a failure; an inconclusive one is an error, since no gate passes for want of data. */
export function writeGateJunit(gate: ReportedGate): string {
  const count = (result: GateConditionResult['result']) => gate.conditions.filter((condition) => condition.result === result).length
  const cases = gate.conditions.map((condition) => {
    const open = `<testcase classname="${escapeXml(gate.name)}" name="${escapeXml(condition.name)}"`
    const message = `message="${escapeXml(condition.reason ?? condition.evidence)}"`
    if (condition.result === 'fail') return `${open}><failure ${message} type="fail">${escapeXml(condition.evidence)}</failure></testcase>`
    if (condition.result === 'inconclusive')
      return `${open}><error ${message} type="inconclusive">${escapeXml(condition.evidence)}</error></testcase>`
    return `${open}><system-out>${escapeXml(condition.evidence)}</system-out></testcase>`
  })
  const properties = {
    result: gate.result,
    sentence: gate.comparison.sentence,
    golden: `${gate.golden.set}@${gate.golden.revision}`,
    goldenHash: gate.golden.contentHash,
    baselinePromptHash: gate.baseline.promptHash,
    candidatePromptHash: gate.candidate.promptHash,
    model: gate.model,
  }
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites>',
    `<testsuite name="${escapeXml(`touchstone gate ${gate.name}`)}" tests="${gate.conditions.length}" failures="${count('fail')}" errors="${count('inconclusive')}" skipped="0">`,
    '<properties>',
    ...Object.entries(properties).map(([name, value]) => `<property name="${name}" value="${escapeXml(value)}"/>`),
    '</properties>',
    ...cases,
    '</testsuite>',
    '</testsuites>',
    '',
  ].join('\n')
}

/** One self-contained page with the conditions, the comparison and its flips. */
export function writeGateHtml(gate: ReportedGate, flips: { regressed: readonly ReportFlip[]; fixed: readonly ReportFlip[] }): string {
  const classes = { pass: 'better', fail: 'worse', inconclusive: 'inconclusive' } as const
  const rows = gate.conditions.map(
    (condition) =>
      `<tr><td>${icons[condition.result]} ${condition.result}</td><td>${escapeHtml(condition.name)}</td><td>${escapeHtml(condition.evidence)}</td><td>${escapeHtml(condition.reason ?? '')}</td></tr>`,
  )
  const body = `
<h1 class="${classes[gate.result]}">Gate ${escapeHtml(gate.name)}: ${words[gate.result]}</h1>
${gate.rehearsal ? `<p class="warning">${rehearsalNote}</p>` : ''}
<table class="conditions"><caption>Conditions</caption><thead><tr><th>result</th><th>condition</th><th>evidence</th><th>why not</th></tr></thead><tbody>
${rows.join('\n')}
</tbody></table>
<p>Golden set ${escapeHtml(gate.golden.set)}@${gate.golden.revision} (${escapeHtml(gate.golden.contentHash)}), ${escapeHtml(gate.baseline.prompt)} → ${escapeHtml(gate.candidate.prompt)}, ${escapeHtml(gate.model)}</p>
${comparisonBody(gate.comparison, flips)}`
  return htmlPage(`Gate ${gate.name}: ${words[gate.result]}`, body)
}
