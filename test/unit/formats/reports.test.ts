import { createHash } from 'node:crypto'
import { beforeEach, describe, expect, test } from 'vitest'
import { createComparison } from '~/domain/comparison/compare'
import type { Comparison } from '~/domain/comparison/comparison'
import type { JudgedSide } from '~/domain/comparison/flips'
import { defaultVerdictScheme } from '~/domain/policy/verdict-scheme'
import { writeComparisonHtml } from '~/formats/reports/comparison-html'
import { writeComparisonJunit } from '~/formats/reports/comparison-junit'
import { writeComparisonMarkdown } from '~/formats/reports/comparison-markdown'
import { writeGateHtml, writeGateJunit, writeGateMarkdown, type ReportedGate } from '~/formats/reports/gate-reports'
import type { ReportFlip } from '~/formats/reports/report-flip'

const hostile = '<img src=x onerror=alert(1)> | `x` @org/all #12 [a](http://evil.example) </details> \u202egnp'
const longest = 65_536

function compareSome(slices: number): Comparison {
  const side = (version: number) => ({
    replay: `replay${version}`,
    costUsd: 0.0042,
    latencyMs: { p50: 10, p95: null },
    promptVersion: version,
    promptHash: String(version).repeat(64),
    goldenRevision: version,
    model: `openai:${hostile}`,
    providerModels: [`model-${version}`],
  })
  const comparison = createComparison({
    scheme: { ...defaultVerdictScheme, rules: [{ id: 'H1' }] },
    baseline: side(1),
    candidate: side(2),
    errorCosts: [{ expected: 'violates', predicted: 'allowed', cost: 3 }],
    productionPrevalence: 0.01,
  })
  const says = (label: 'violates' | 'allowed' | null, rules: string[] = []): JudgedSide => ({
    expected: { label: 'violates', rules: { H1: true } },
    outcome: label === null ? 'refused' : label === 'violates' ? 'correct' : 'wrong',
    ruleOutcome: label === 'violates' ? (rules.includes('H1') ? 'right' : 'wrong') : null,
    verdict: label === null ? null : { label, rules },
  })
  for (let index = 0; index < 300; index += 1)
    comparison.add({
      caseId: `case-${index}`,
      baseline: says(index % 3 === 0 ? 'allowed' : 'violates', ['H1']),
      candidate: says(index % 29 === 0 ? null : index % 10 === 0 ? 'allowed' : 'violates', index % 7 === 0 ? [] : ['H1']),
      mustPass: index < 20,
      facets: [{ by: 'tag', value: `${hostile} ${index % slices}` }],
    })
  return comparison.finish()
}

const flip = (index: number, over: Partial<ReportFlip> = {}): ReportFlip => ({
  id: `${index} ${hostile}`,
  flip: 'regressed',
  expected: { label: 'violates', rules: { H1: true } },
  baseline: { outcome: 'correct', ruleOutcome: 'right', label: 'violates', rules: ['H1'], rationale: hostile },
  candidate: { outcome: 'wrong', ruleOutcome: null, label: 'allowed', rules: [] },
  content: hostile,
  note: hostile,
  mustPass: index === 0,
  ...over,
})

const sources = {
  baseline: { set: 'p/cases', revision: 1, contentHash: 'a'.repeat(64) },
  candidate: { set: 'p/cases', revision: 2, contentHash: 'b'.repeat(64) },
}

async function collect(pieces: AsyncIterable<string>): Promise<string> {
  let text = ''
  for await (const piece of pieces) text += piece
  return text
}
async function* none(): AsyncGenerator<never> {}

describe('a report', () => {
  let comparison: Comparison
  let reports: Record<'html' | 'markdown' | 'junit', string>
  beforeEach(async () => {
    comparison = compareSome(3)
    reports = {
      html: writeComparisonHtml(comparison, { regressed: [flip(0), flip(1, { noise: true })], fixed: [] }, sources),
      markdown: writeComparisonMarkdown(comparison, [flip(0)], sources),
      junit: await collect(writeComparisonJunit(comparison, none(), sources)),
    }
  })

  test.each(['html', 'markdown', 'junit'] as const)('in %s has all that speaks for or against the verdict', (kind) => {
    for (const words of [
      'Zero tolerance',
      'Over-enforcement',
      'Under-enforcement',
      'Error cost of a case',
      'bootstrap interval',
      'Precision in production',
      'Right label, wrong rule',
      'Without a score',
      'refused 0 →',
      'Smallest shift it could show',
      'Noise',
      'Flips as shares',
      'p &lt; 0.0001',
      'model may have changed between the replays',
      'b'.repeat(64),
    ])
      expect(reports[kind]).toContain(words)
    expect(reports[kind]).not.toMatch(/0\.0000\b|NaN|undefined|null/)
  })

  test('shows the rules, slices and the confusion where there is room', () => {
    for (const kind of ['html', 'markdown'] as const)
      for (const words of ['Slices', 'by (case, rule) pair', 'Confusion, baseline → candidate']) expect(reports[kind]).toContain(words)
  })

  test('in HTML is inert: no script, no request, nothing of the content is markup, and its policy allows its one style', () => {
    const { html } = reports
    expect(html).not.toMatch(/<(?:script|img|link|iframe|a)\b|\son\w+=["']|\u202e/i)
    const style = /<style>([\s\S]*?)<\/style>/.exec(html)?.[1] ?? ''
    expect(html).toContain(`style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`)
    expect(html).not.toContain('unsafe-inline')
    expect(html.match(/<blockquote hidden class="content"/g)).toHaveLength(2)
    expect(html.indexOf('Noise: these cases')).toBeGreaterThan(html.indexOf('must pass'))
  })

  test('in Markdown mentions nobody, links nowhere and keeps to one line a cell', () => {
    const { markdown } = reports
    expect(markdown).not.toMatch(/@org|<img|https?:\/\/|(?<!\\)#12/)
    expect(markdown.match(/<\/details>/g)).toHaveLength((markdown.match(/<details/g) ?? []).length)
    const table = markdown.split('\n').filter((line) => line.startsWith('| 0 '))
    expect(table).toHaveLength(1)
    expect(table[0]?.match(/(?<!\\)\|/g)).toHaveLength(6)
  })
})

describe('the reports of a gate', () => {
  const gate = (conditions: number): ReportedGate => ({
    name: hostile,
    result: 'fail',
    conditions: Array.from({ length: conditions }, (_, index) => ({
      name: `condition ${index} ${hostile}`,
      result: index === conditions - 1 ? ('fail' as const) : ('pass' as const),
      evidence: hostile.repeat(20),
      ...(index === conditions - 1 ? { reason: 'too low' } : {}),
    })) as ReportedGate['conditions'],
    golden: sources.baseline,
    model: hostile,
    rehearsal: false,
    baseline: { prompt: 'p@1', promptHash: '1'.repeat(64) },
    candidate: { prompt: 'p@2', promptHash: '2'.repeat(64) },
    comparison: compareSome(300),
  })

  test('fit into a comment on a pull request however much there is to say, what failed first', () => {
    const long = '#'.repeat(5000)
    const many = Array.from({ length: 50 }, (_, index) => flip(index, { id: `${index}${long}` }))
    const markdown = writeGateMarkdown(gate(300), many)
    expect(markdown.length).toBeLessThan(longest)
    expect(markdown).toMatch(/… and \d+ more\./)
    expect(markdown.indexOf('condition 299')).toBeLessThan(markdown.indexOf('condition 0 '))
  })

  test('carry hashes and every figure of the comparison', () => {
    const junit = writeGateJunit(gate(2))
    for (const name of ['candidatePromptHash', 'goldenHash', 'Zero tolerance', 'accuracy', 'difference'])
      expect(junit).toContain(`<property name="${name}" value="`)
    expect(junit).toContain('failures="1"')
    const html = writeGateHtml(gate(2), { regressed: [flip(0)], fixed: [] })
    expect(html).toContain('a'.repeat(64))
    expect(html).not.toMatch(/<img|<script/)
  })
})
