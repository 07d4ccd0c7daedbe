import type { Comparison } from '~/domain/comparison/comparison'
import type { GateConditionResult, GateEvaluation } from '~/domain/gate/gate-result'
import type { TextTable } from '~/domain/comparison/tabulate'
import { escapeHtml, escapeXml } from '../escape'
import { comparisonBody, type ReportedFlips } from './comparison-html'
import { comparisonProperties, writeProperties } from './comparison-junit'
import { writeComparisonMarkdown } from './comparison-markdown'
import { htmlPage } from './html-page'
import type { ReportedGolden, ReportFlip } from './report-flip'
import { htmlTable, markdownTable, markdownText } from './report-table'

/** What the reports need of a gate's result. */
export type ReportedGate = GateEvaluation & {
  name: string
  golden: ReportedGolden
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
/** Characters that the conditions may take in Markdown. */
const conditionsBudget = 16_000

/** Each condition with its evidence, those that hold the candidate back first. */
function tabulateConditions({ conditions }: ReportedGate): TextTable {
  const order = ['fail', 'inconclusive', 'pass']
  return {
    columns: ['result', 'condition', 'evidence', 'why not'].map((title) => ({ title, numeric: false })),
    rows: conditions
      .toSorted((a, b) => order.indexOf(a.result) - order.indexOf(b.result))
      .map(({ result, name, evidence, reason }) => [`${icons[result]} ${result}`, name, evidence, reason ?? '']),
  }
}

/** The conditions with their evidence, then the comparison; fit for a pull-request comment. */
export function writeGateMarkdown(gate: ReportedGate, regressions: readonly ReportFlip[]): string {
  const lines = [
    `# ${icons[gate.result]} Gate ${markdownText(gate.name)}: ${words[gate.result]}`,
    '',
    ...(gate.rehearsal ? [`> ${rehearsalNote}`, ''] : []),
    ...markdownTable(tabulateConditions(gate), conditionsBudget),
    '',
    writeComparisonMarkdown(gate.comparison, regressions.slice(0, markdownFlips)).trimEnd(),
    `<sub>golden set ${markdownText(gate.golden.set)}@${gate.golden.revision} \`${gate.golden.contentHash.slice(0, 12)}\` · ${markdownText(gate.baseline.prompt)} → ${markdownText(gate.candidate.prompt)} · ${markdownText(gate.model)}</sub>`,
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
    ...comparisonProperties(gate.comparison),
    model: gate.model,
  }
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites>',
    `<testsuite name="${escapeXml(`touchstone gate ${gate.name}`)}" tests="${gate.conditions.length}" failures="${count('fail')}" errors="${count('inconclusive')}" skipped="0">`,
    writeProperties(properties),
    ...cases,
    '</testsuite>',
    '</testsuites>',
    '',
  ].join('\n')
}

/** One self-contained page with the conditions, the comparison and its flips. */
export function writeGateHtml(gate: ReportedGate, flips: ReportedFlips): string {
  const classes = { pass: 'better', fail: 'worse', inconclusive: 'inconclusive' } as const
  const body = `
<h1 class="${classes[gate.result]}">Gate ${escapeHtml(gate.name)}: ${words[gate.result]}</h1>
${gate.rehearsal ? `<p class="warning">${rehearsalNote}</p>` : ''}
${htmlTable('Conditions', tabulateConditions(gate))}
<p>Golden set ${escapeHtml(gate.golden.set)}@${gate.golden.revision} (${escapeHtml(gate.golden.contentHash)}), ${escapeHtml(gate.baseline.prompt)} → ${escapeHtml(gate.candidate.prompt)}, ${escapeHtml(gate.model)}</p>
<h2 class="${gate.comparison.verdict}">${escapeHtml(gate.comparison.sentence)}</h2>
${comparisonBody(gate.comparison, flips)}`
  return htmlPage(`Gate ${gate.name}: ${words[gate.result]}`, body)
}
