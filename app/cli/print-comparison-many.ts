import type { ManyComparison } from '~/domain/comparison/compare-many'
import { describeCochranQ, describePairs, tabulatePairs, tabulateVersions } from '~/domain/comparison/tabulate-many'
import type { CliContext } from './context'
import { printTable, verdictStyles } from './print-comparison'
import { createPaint, inert } from './terminal'

/** More than two versions for a person at a terminal: one table of versions, whether they differ at all, one table of pairs. */
export function printComparisonMany(context: CliContext, comparison: ManyComparison): void {
  const paint = createPaint(context.stdout, context.environment)
  const { pairs } = comparison
  const sections = [
    paint('bold', inert(comparison.sentence)),
    '',
    printTable(tabulateVersions(comparison)),
    '',
    describeCochranQ(comparison),
    '',
    printTable(tabulatePairs(comparison), (text, row, column) => {
      const verdict = pairs[row]?.verdict
      return column === 1 && verdict ? paint(verdictStyles[verdict], text) : text
    }),
    describePairs(comparison),
  ]
  context.stdout.write(`${sections.join('\n')}\n`)
}
