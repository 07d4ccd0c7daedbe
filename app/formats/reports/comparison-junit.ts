import type { ComparedCase, Comparison } from '~/domain/comparison/comparison'
import { escapeXml } from '../escape'
import { describeAnswer } from './report-flip'

/**
 * JUnit XML: a test case for each case of the comparison; a regression is a failure, an unscored, added, removed or relabelled case is
 * skipped. Contents are left out: CI logs are read by people who did not ask to see them.
 */
export async function* writeComparisonJunit(comparison: Comparison, cases: AsyncIterable<ComparedCase>): AsyncGenerator<string> {
  const { flips } = comparison
  const skipped = flips.unscored + flips.added + flips.removed + flips.relabelled
  const total = Object.values(flips).reduce((sum, count) => sum + count, 0)
  const name = `touchstone compare ${comparison.baseline.replay} ${comparison.candidate.replay}`
  yield `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n<testsuite name="${escapeXml(name)}" tests="${total}" failures="${flips.regressed}" errors="0" skipped="${skipped}">\n`
  yield `<properties><property name="verdict" value="${comparison.verdict}"/><property name="sentence" value="${escapeXml(comparison.sentence)}"/></properties>\n`
  for await (const compared of cases) yield testCase(compared)
  yield '</testsuite>\n</testsuites>\n'
}

function testCase(compared: ComparedCase): string {
  const open = `<testcase classname="${compared.flip}" name="${escapeXml(compared.id)}"`
  if (compared.flip === 'regressed') {
    const message = `expected ${compared.expected?.label ?? 'n/a'}, was ${describeAnswer(compared.baseline)}, is ${describeAnswer(compared.candidate)}`
    return `${open}><failure message="${escapeXml(message)}" type="regressed"/></testcase>\n`
  }
  if (compared.flip === 'unscored' || compared.flip === 'added' || compared.flip === 'removed' || compared.flip === 'relabelled')
    return `${open}><skipped message="${compared.flip}"/></testcase>\n`
  return `${open}/>\n`
}
