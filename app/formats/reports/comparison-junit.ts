import type { ComparedCase, Comparison, FlipKind } from '~/domain/comparison/comparison'
import { describeEvidence } from '~/domain/comparison/describe-evidence'
import { describeDifference, tabulateFigures } from '~/domain/comparison/tabulate'
import { escapeXml } from '../escape'
import { describeAnswer, describeSources, type ReportSources } from './report-flip'

/**
 * JUnit XML: a test case for each case of the comparison; a regression is a failure, an unscored, added, removed, relabelled or left-out
 * case is skipped. Contents are left out: CI logs are read by people who did not ask to see them.
 */
export async function* writeComparisonJunit(
  comparison: Comparison,
  cases: AsyncIterable<ComparedCase>,
  sources?: ReportSources,
): AsyncGenerator<string> {
  const { flips } = comparison
  const skipped = flips.unscored + flips.added + flips.removed + flips.relabelled + (flips.leaked ?? 0)
  const total = Object.values(flips).reduce((sum, count) => sum + count, 0)
  const name = `touchstone compare ${comparison.baseline.replay} ${comparison.candidate.replay}`
  yield `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n<testsuite name="${escapeXml(name)}" tests="${total}" failures="${flips.regressed}" errors="0" skipped="${skipped}">\n`
  yield `${writeProperties({ verdict: comparison.verdict, sentence: comparison.sentence, ...comparisonProperties(comparison), ...(sources ? { golden: describeSources(sources) } : {}) })}\n`
  for await (const compared of cases) yield testCase(compared)
  yield '</testsuite>\n</testsuites>\n'
}

/** The figures of a comparison as properties of a suite, so that what CI keeps has the evidence too. */
export function comparisonProperties(comparison: Comparison): Record<string, string> {
  const { baseline, candidate } = comparison
  return {
    difference: describeDifference(comparison),
    ...Object.fromEntries(tabulateFigures(comparison).rows.map(([name, before, after]) => [name ?? '', `${before} → ${after}`])),
    ...Object.fromEntries(describeEvidence(comparison).map(({ name, text }) => [name, text])),
    ...Object.fromEntries(comparison.warnings.map((warning, index) => [`warning ${index + 1}`, warning])),
    baselinePromptHash: baseline.promptHash,
    candidatePromptHash: candidate.promptHash,
  }
}

export function writeProperties(properties: Record<string, string>): string {
  const lines = Object.entries(properties).map(([name, value]) => `<property name="${escapeXml(name)}" value="${escapeXml(value)}"/>`)
  return ['<properties>', ...lines, '</properties>'].join('\n')
}

const skippedKinds: ReadonlySet<FlipKind> = new Set(['unscored', 'added', 'removed', 'relabelled', 'leaked'])

function testCase(compared: ComparedCase): string {
  const open = `<testcase classname="${compared.flip}${compared.noise ? '.noise' : ''}" name="${escapeXml(compared.id)}"`
  if (compared.flip === 'regressed') {
    const message = `expected ${compared.expected?.label ?? 'n/a'}, was ${describeAnswer(compared.baseline)}, is ${describeAnswer(compared.candidate)}`
    return `${open}><failure message="${escapeXml(message)}" type="regressed"/></testcase>\n`
  }
  if (skippedKinds.has(compared.flip)) return `${open}><skipped message="${compared.flip}"/></testcase>\n`
  return `${open}/>\n`
}
